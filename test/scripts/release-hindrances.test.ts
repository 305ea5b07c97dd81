import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hindrances, type Release } from '../../scripts/release-hindrances.ts';

const RELEASE: Release = {
  packageJson: '{ "version": "1.2.3", "repository": "github:example/token-refresher" }',
  pyproject: '[project]\nname = "token-refresher-client"\nversion = "1.2.3"\n',
  changelog: '# Changelog\n\n## 1.2.3 (2027-01-31)\n',
  changes: '',
};

it('nothing hinders a release of one version that is told of', () => {
  expect(hindrances(RELEASE)).toEqual([]);
});

it.for<[what: string, change: Partial<Release>, named: string]>([
  [
    'a private package',
    { packageJson: RELEASE.packageJson.replace('{', '{ "private": true,') },
    '"private": true',
  ],
  ['no repository', { packageJson: '{ "version": "1.2.3" }' }, 'names no repository'],
  [
    'a Python package that is not for upload',
    { pyproject: `${RELEASE.pyproject}classifiers = ["Private :: Do Not Upload"]\n` },
    'classifier "Private :: Do Not Upload"',
  ],
  ['another version in Python', { pyproject: '\nversion = "1.2.30"\n' }, 'does not have version 1.2.3'],
  ['a changelog without date', { changelog: '\n## 1.2.3 (not published yet)\n' }, '"## 1.2.3 (date)"'],
  ['a change', { changes: '?? notes.txt\n' }, 'not committed'],
])('%s hinders it', ([, change, named]) => {
  expect(hindrances({ ...RELEASE, ...change })).toEqual([expect.stringContaining(named)]);
});

it('this checkout may not be published, by either package', () => {
  const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const found = hindrances({
    ...RELEASE,
    packageJson: textOf('package.json'),
    pyproject: textOf('client-python/pyproject.toml'),
  });
  expect(found.filter((reason) => /"[Pp]rivate\b/.test(reason))).toHaveLength(2);
});
