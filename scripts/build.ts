/** Makes what the package consists of: constructs and client as JavaScript with types, and both functions bundled. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../lib/functions/bundle.ts';
import { bundleFile, FUNCTIONS, type FunctionName } from '../lib/functions/function-bundles.ts';

const ROOT = join(import.meta.dirname, '..');
const OUTPUT = join(ROOT, 'dist');
const BUNDLES = join(OUTPUT, 'function');

rmSync(OUTPUT, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--project', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
mkdirSync(BUNDLES);
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  writeFileSync(join(BUNDLES, bundleFile(name as FunctionName)), bundle(entry));
}
