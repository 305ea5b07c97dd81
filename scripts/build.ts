/** Makes what the package consists of: constructs and client with their types, functions and command line. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../lib/functions/bundle.ts';
import { FUNCTIONS } from '../lib/functions/function-bundles.ts';
import { bundleCli } from './bundle-cli.ts';
import { bundlePackage } from './bundle-package.ts';

const ROOT = join(import.meta.dirname, '..');
const OUTPUT = join(ROOT, 'dist');

rmSync(OUTPUT, { recursive: true, force: true });
// Not .bin/tsc, which Windows cannot run as a program.
const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
// What the root's package.json calls ES modules are CommonJS here, and types with them.
writeFileSync(join(OUTPUT, 'package.json'), '{ "type": "commonjs" }\n');
bundlePackage(OUTPUT);
for (const [name, entry] of Object.entries(FUNCTIONS)) {
  const folder = join(OUTPUT, 'function', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, contents] of bundle(entry)) writeFileSync(join(folder, file), contents);
}
bundleCli(join(OUTPUT, 'cli'));
