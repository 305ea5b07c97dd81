import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'));
const packages: Readonly<Record<string, LockedPackage>> = read('package-lock.json').packages;
const withScripts = Object.entries(packages).filter(([, { hasInstallScript = false }]) => hasInstallScript);

/** Tools: the one bundles, the other runs everything here. Neither is in a bundle, nor with who installs the package. */
const TOOLS = ['esbuild', 'node'];

it('two tools run code when they are installed, and nothing else does', () => {
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(withScripts.map(([path]) => path)).toEqual(TOOLS.map((name) => `node_modules/${name}`));
  expect(withScripts.filter(([, { dev = false }]) => !dev)).toEqual([]);
});

it('npm is told to let those two, as from version 12 on it asks', () => {
  expect(read('package.json').allowScripts).toEqual(Object.fromEntries(TOOLS.map((name) => [name, true])));
});
