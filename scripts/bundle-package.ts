import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

const CONSTRUCTS = { 'lib/index': 'lib/index.ts' };
const CLIENT = { 'client/index': 'client/index.ts' };

/**
 * Constructs and client as CommonJS, which all load: Node.js from ES modules, too, and Jest. So a process has one copy.
 * Bundlers take the client as an ES module: in an ES bundle the AWS SDK, if it stays outside, cannot be required.
 */
export function bundlePackage(outdir: string): void {
  const shared = {
    absWorkingDir: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node22',
    // A class keeps its name, of which another module may have one, too.
    keepNames: true,
    outdir,
  } satisfies BuildOptions;
  buildSync({
    ...shared,
    entryPoints: { ...CONSTRUCTS, ...CLIENT },
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' },
    // Jest runs CommonJS where import() is refused.
    supported: { 'dynamic-import': false },
  });
  buildSync({ ...shared, entryPoints: CLIENT, format: 'esm', outExtension: { '.js': '.mjs' } });
}
