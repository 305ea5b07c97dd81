import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The functions, and the module in `lambda/` that exports the handler of each. */
export const FUNCTIONS = { refresher: 'handler.ts', 'clean-up': 'clean-up/handler.ts' } as const;

/** Files by their names. */
export type Files = ReadonlyMap<string, Uint8Array>;

export type FunctionName = keyof typeof FUNCTIONS;

/** As seen from the package's `dist/lib/index.js`. Does not exist in the repository, so it cannot be out of date there. */
const PREBUILT = join(import.meta.dirname, '../function');

const bundles = new Map<FunctionName, Files>();

/** The function's code, the same for every environment: from the package, or bundled once. */
export function functionBundle(name: FunctionName): Files {
  const code = bundles.get(name) ?? prebuilt(name) ?? bundleNow(name);
  bundles.set(name, code);
  return code;
}

function prebuilt(name: FunctionName): Files | undefined {
  const folder = join(PREBUILT, name);
  if (!existsSync(folder)) return undefined;
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
}

/** The package holds neither that module nor esbuild. It is loaded in place, since synthesis cannot wait for a promise. */
function bundleNow(name: FunctionName): Files {
  const load = createRequire(import.meta.url);
  const { bundle }: { bundle(entry: string): Files } = load('./bundle.ts');
  return bundle(FUNCTIONS[name]);
}
