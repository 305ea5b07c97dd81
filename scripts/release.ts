/** Packs a release, tests it in empty projects, and says how it is published: that is left to a person. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { refuseOptionsThatNpmTook } from './command-line.ts';
import { pack } from './pack.ts';
import { hindrances } from './release-hindrances.ts';

const ROOT = join(import.meta.dirname, '..');
const OUTPUT = join(ROOT, 'release');
const OPTIONS = { 'dry-run': { type: 'boolean', default: false } } as const;

refuseOptionsThatNpmTook('release', Object.keys(OPTIONS), process.env);
const { 'dry-run': isDryRun } = parseArgs({ options: OPTIONS }).values;
const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const reasons = hindrances({
  packageJson: textOf('package.json'),
  pyproject: textOf('client-python/pyproject.toml'),
  changelog: textOf('CHANGELOG.md'),
  changes: execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' }),
});
if (reasons.length > 0 && !isDryRun) {
  console.error(`Nothing is released:\n${list(reasons)}`);
  process.exit(1);
}

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT);
const packed = await pack(OUTPUT, console.log);
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
execFileSync(process.execPath, [vitest, 'run', '--config', 'vitest.release.config.ts'], {
  cwd: ROOT,
  env: { ...process.env, RELEASE_FOLDER: OUTPUT },
  stdio: 'inherit',
});
const names = Object.values(packed).map((file) => `release/${basename(file)}`);
const hash = (file: string) =>
  createHash('sha256')
    .update(readFileSync(join(ROOT, file)))
    .digest('hex');
console.log(names.map((name) => `${hash(name)}  ${name}`).join('\n'));
const [npm, ...python] = names;
const commands = `  npm publish ${npm}\n  python3 -m twine upload ${python.join(' ')}`;
console.log(
  reasons.length === 0
    ? `To publish:\n${commands}`
    : `To publish, which may not be done:\n${commands}\n${list(reasons)}`,
);
