/** Fails if a file of the repository, or of another in the folder given, holds what looks like a secret. Names the file and the line, never the secret. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSecrets } from './find-secrets.ts';

/** Hashes of packages. */
const NOT_LOOKED_AT = ['package-lock.json'];

const [folder = join(import.meta.dirname, '..')] = process.argv.slice(2);
if (!existsSync(folder)) {
  console.error('usage: npm run secrets [-- <folder of a git repository>]');
  process.exit(2);
}
// Tracked files, and those that the next commit could take in.
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: folder,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
});
const files = listed.split('\0').filter((file) => file !== '' && !NOT_LOOKED_AT.includes(file));

const found = files.flatMap((file) =>
  findSecrets(textOf(file)).map(({ line, kind }) => `${file}:${line}: ${kind}`),
);
for (const finding of found) console.error(finding);
console.log(`${files.length} files looked at, ${found.length} findings`);
process.exitCode = found.length > 0 ? 1 : 0;

/** Empty for a file that is listed but gone. */
function textOf(file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
}
