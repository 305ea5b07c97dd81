import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LOOKS_SECRET } from '../../lib/monitoring/leak-filter.ts';
import { credentialsOf, openStage, PASSWORD } from '../component/stage.ts';
import { jwt } from '../lambda/token-api/tokens.ts';
import { markedSecret } from './leaks.ts';

const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
/** The command of the section, as it stands. */
const COMMAND = /^## Secret in log\n[\s\S]*?```sh\n([\s\S]*?)```/m.exec(RUNBOOK)?.[1] ?? '';

const TIME = '1795253400000';

/** What the command prints if the log holds these messages, which the AWS CLI puts behind a time and a tab. */
const printed = (messages: readonly string[]): string => {
  const input = messages.map((message) => `${TIME}\t${message}\n`).join('');
  // The last grep finds nothing where there is nothing to be found, and says so by its exit code.
  return execFileSync('bash', ['-c', `aws() { cat; }\n${COMMAND.trimEnd()} || true`], { input }).toString();
};

it('the runbook looks for what sets off the alarm', () => {
  const patterns = [...COMMAND.matchAll(/-e '([^']*)'/g)].map(([, pattern]) => pattern);
  expect(patterns).toEqual(Object.values(LOOKS_SECRET).flat());
});

it.each([
  `{"detail":"${jwt({ iat: 1000, exp: 2800 })}"}`,
  `Authorization: Bearer ${markedSecret()}`,
  JSON.stringify({ body: JSON.stringify({ access_token: markedSecret() }) }),
  `authorization: Basic ${Buffer.from(`user:${markedSecret()}`).toString('base64')}`,
  JSON.stringify({ password: markedSecret() }),
  `refresh_token=${markedSecret()}&expires_in=60`,
  `{ client_secret: '${markedSecret()}' }`,
])('of a line with a secret it shows the time and nothing else: %s', (message) => {
  expect(printed([message])).toBe(`${TIME}\t\n`);
  // Nothing rather than how it begins, where there is no time before it.
  expect(printed([`first line\n${message}`])).toBe('');
});

it('of what the function writes it shows nothing', async () => {
  const stage = await openStage();
  stage.storeCredentials(credentialsOf(PASSWORD));
  const attempts = [await stage.attempt(), await stage.attempt(), await stage.attempt('no request')];
  await stage.close();
  const messages = attempts.map(({ line }) => JSON.stringify(line));
  expect(messages.join()).toContain('"token"');
  expect(printed(messages)).toBe('');
});
