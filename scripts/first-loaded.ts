import type { Files } from '../lib/functions/function-bundles.ts';

/** The files of a bundle that Node.js loads before the handler can run: the entry, and what it imports by a statement. */
export function firstLoaded(
  files: Files,
  name = 'index.mjs',
  found = new Set<string>(),
): ReadonlySet<string> {
  if (found.has(name)) return found;
  found.add(name);
  const code = Buffer.from(files.get(name) ?? []).toString();
  for (const [, imported = ''] of code.matchAll(/(?:\bfrom|\bimport)"\.\/([^"]+)"/g))
    firstLoaded(files, imported, found);
  return found;
}

export const kibOf = (files: Files, names: Iterable<string> = files.keys()): number =>
  [...names].reduce((bytes, name) => bytes + (files.get(name)?.byteLength ?? 0), 0) / 1024;
