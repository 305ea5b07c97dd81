import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** What the package depends on: those who install it have it. The constructs are beside the command line. */
const EXTERNAL = ['@aws-sdk/client-sqs', '@aws-sdk/client-ssm', 'aws-cdk-lib', 'constructs'];

/** Node.js gives an ES module no `require`, which libraries in CommonJS call for built-in modules. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The command line with its libraries: `main.mjs`, and what a command loads when it runs in files of their own. */
export function bundleCli(outdir: string): void {
  buildSync({
    absWorkingDir: ROOT,
    preserveSymlinks: true,
    entryPoints: { main: 'cli/main.ts' },
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE },
    external: EXTERNAL,
    legalComments: 'linked',
    outdir,
  });
}
