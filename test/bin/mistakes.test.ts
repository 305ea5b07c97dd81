import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { mistakesIn } from '../../bin/mistakes.ts';
import { SettingError } from '../../lib/settings/setting-error.ts';

it('each mistake of the environments file is told on a line of its own, with the name of the file', () => {
  expect(mistakesIn(new SettingError('one\ntwo'))).toBe('environments.ts: one\nenvironments.ts: two');
});

it('a negative Duration, which the CDK refuses while the file is read, is told with its line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'environments.ts');
  const lines = [
    `import { Duration } from '${import.meta.resolve('aws-cdk-lib')}';`,
    'export const interval =',
    '  Duration.minutes(-5);',
  ];
  writeFileSync(file, lines.join('\n'));
  const error = await import(pathToFileURL(file).href).catch((reason: unknown) => reason);
  expect(mistakesIn(error)).toBe('environments.ts:3: Duration amounts cannot be negative. Received: -5');
});

it('any other error of the file itself is told with its line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'environments.ts');
  writeFileSync(file, 'const tokens: string[] = undefined as never;\nexport const all = tokens.map(String);');
  const error = await import(pathToFileURL(file).href).catch((reason: unknown) => reason);
  expect(mistakesIn(error)).toMatch(/^environments\.ts:2: Cannot read properties of undefined/);
});

it('what is no mistake in a setting keeps its stack trace', () => {
  expect(mistakesIn(new TypeError('undefined is not a function'))).toBeUndefined();
});
