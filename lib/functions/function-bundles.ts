import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The functions, and the module in `lambda/` that exports the handler of each. */
export const FUNCTIONS = { refresher: 'handler.ts', 'clean-up': 'clean-up/handler.ts' } as const;

export type FunctionName = keyof typeof FUNCTIONS;

/** Folder of the package, not of the repository: there nothing can be out of date. */
const PREBUILT = join(import.meta.dirname, '../../function');

/** Name of a prebuilt bundle. */
export const bundleFile = (name: FunctionName): string => `${name}.mjs`;

const bundles = new Map<FunctionName, Uint8Array>();

/** The function's code, the same for every environment: as the package brings it, else bundled now, once. */
export function functionBundle(name: FunctionName): Uint8Array {
  const code = bundles.get(name) ?? prebuilt(name) ?? bundleNow(name);
  bundles.set(name, code);
  return code;
}

function prebuilt(name: FunctionName): Uint8Array | undefined {
  const file = join(PREBUILT, bundleFile(name));
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** The package holds neither that module nor esbuild. It is loaded in place, since synthesis cannot wait for a promise. */
function bundleNow(name: FunctionName): Uint8Array {
  const load = createRequire(import.meta.url);
  const { bundle }: { bundle(entry: string): Uint8Array } = load('./bundle.ts');
  return bundle(FUNCTIONS[name]);
}
