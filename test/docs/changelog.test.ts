import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('both packages have the version that the changelog tells of first', () => {
  const { version } = JSON.parse(textOf('package.json'));
  expect(/^## (\S+)/m.exec(textOf('CHANGELOG.md'))?.[1]).toBe(version);
  expect(/^version = "(.*)"$/m.exec(textOf('client-python/pyproject.toml'))?.[1]).toBe(version);
});
