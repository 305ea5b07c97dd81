/** Makes what the package consists of: constructs and client as JavaScript with types, functions and command line bundled. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../lib/functions/bundle.ts';
import { FUNCTIONS } from '../lib/functions/function-bundles.ts';
import { bundleCli } from './bundle-cli.ts';

const ROOT = join(import.meta.dirname, '..');
const OUTPUT = join(ROOT, 'dist');

rmSync(OUTPUT, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--project', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  const folder = join(OUTPUT, 'function', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, contents] of bundle(entry)) writeFileSync(join(folder, file), contents);
}
bundleCli(join(OUTPUT, 'cli'));
