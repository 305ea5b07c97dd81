import { join } from 'node:path';
import { buildSync } from 'esbuild';

const SOURCE = join(import.meta.dirname, '../../lambda');

/**
 * One minified ES module, SDK clients included.
 *
 * @param entry the module that exports the handler, as seen from `lambda/`.
 */
export function bundle(entry: string): Uint8Array {
  const [module] = buildSync({
    entryPoints: [join(SOURCE, entry)],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    write: false,
  }).outputFiles;
  if (module === undefined) throw new Error(`esbuild made no module of ${entry}`);
  return module.contents;
}
