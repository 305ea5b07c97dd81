import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Files } from './function-bundles.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Minified ES modules, SDK clients included: `index.mjs`, and further files that are loaded on demand.
 *
 * @param entry the module that exports the handler, as seen from `lambda/`.
 */
export function bundle(entry: string): Files {
  const { outputFiles } = buildSync({
    entryPoints: { index: join(ROOT, 'lambda', entry) },
    // File names are hashes that include paths. Relative to here, the same code is the same asset wherever the app is
    // started, and also if node_modules is a link.
    absWorkingDir: ROOT,
    preserveSymlinks: true,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    alias: { 'node:http': join(ROOT, 'lambda/node-http.ts') },
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    outdir: '.',
    outExtension: { '.js': '.mjs' },
    write: false,
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}
