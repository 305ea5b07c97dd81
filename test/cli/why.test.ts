import { expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { deploy, logLine, runCli } from './cli-stage.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');

async function openAws(): Promise<MemoryAws> {
  const aws = await startMemoryAws();
  aws.queues.create('requests.fifo');
  aws.queues.create('dead-letters.fifo');
  deploy(aws, [{ token: 'crm' }]);
  onTestFinished(aws.close);
  return aws;
}

const run = (aws: MemoryAws, line: string, options = {}) => runCli(aws, line, { now: () => NOW, ...options });

it('tells the last attempts in order, in words, and what to do next', async () => {
  const aws = await openAws();
  const log = (minutesAgo: number, fields: object) =>
    logLine(aws, { token: 'crm', ...fields }, NOW - minutesAgo * MINUTE);
  log(60, { outcome: 'refreshed', how: 'login', parameterVersion: 7, expiresAt: '2026-12-01T11:30:00.000Z' });
  log(50, { outcome: 'satisfied' });
  log(40, { outcome: 'put-off' });
  log(30, { outcome: 'superseded' });
  log(20, { outcome: 'refreshed', how: 'refresh', parameterVersion: 8, credentials: 'refused' });
  log(10, {
    outcome: 'failed',
    code: 'ApiUnavailable',
    apiStatus: 503,
    retryInSeconds: 18,
    retryBy: 'hidden',
  });
  log(9, { outcome: 'failed', code: 'ApiTimeout', retryInSeconds: 400, retryBy: 'wake-up' });
  log(1, {
    outcome: 'failed',
    code: 'AccountLocked',
    apiStatus: 423,
    retryInSeconds: 900,
    retryBy: 'next tick',
  });
  logLine(aws, { token: 'other', outcome: 'satisfied' }, NOW);
  const ran = await run(aws, 'why sandbox crm');
  expect(ran.out).toBe(
    `${[
      'crm in sandbox, account 000000000000, us-east-1',
      '  2026-12-01T11:00:00Z  refreshed by login, version 7, valid until 2026-12-01T11:30:00Z',
      '  2026-12-01T11:10:00Z  nothing to do: the stored token is newer than the request',
      '  2026-12-01T11:20:00Z  put off: the stored token is too young to be replaced',
      '  2026-12-01T11:30:00Z  dropped: a later tick has taken over',
      '  2026-12-01T11:40:00Z  refreshed by refresh, version 8, but the new credentials were refused',
      '  2026-12-01T11:50:00Z  failed: the token API is down (HTTP 503); tried again in 18 s',
      '  2026-12-01T11:51:00Z  failed: the token API gave no answer in time; tried again in 6 min',
      '  2026-12-01T11:59:00Z  failed: the account is locked (HTTP 423); tried again at the next tick',
      'What to do: Have it unlocked, or wait; then store the same credentials again, or refresh with --retry-refused.',
      '  npm run tokens -- refresh sandbox crm --retry-refused',
      'More: docs/runbook.md#login-refused',
    ].join('\n')}\n`,
  );
  expect(ran).toMatchObject({ exitCode: 1, err: '' });
  expect((await run(aws, 'why sandbox crm --last 2')).out.match(/failed:/g)).toHaveLength(2);
});

it('says that all is well, or works and asks for attention', async () => {
  const aws = await openAws();
  logLine(aws, { token: 'crm', outcome: 'refreshed', how: 'refresh' }, NOW - MINUTE);
  expect(await run(aws, 'why sandbox crm')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('What to do: Nothing, the latest attempt is fine.\n'),
  });
  logLine(aws, { token: 'crm', outcome: 'refreshed', how: 'login', attention: ['it logs in'] }, NOW);
  const ran = await run(aws, 'why sandbox crm');
  expect(ran.exitCode).toBe(0);
  expect(ran.out).toContain('What to do: It works, but it logs in.\nMore: docs/runbook.md#attention\n');
});

it('says what silence means', async () => {
  const ran = await run(await openAws(), 'why sandbox crm');
  expect(ran.exitCode).toBe(1);
  expect(ran.out).toContain('npm run tokens -- refresh sandbox crm\nMore: docs/runbook.md#going-stale\n');
});

it('prints JSON', async () => {
  const aws = await openAws();
  logLine(aws, { token: 'crm', outcome: 'failed', code: 'CredentialsRefused', apiStatus: 401 }, NOW);
  const { out, exitCode } = await run(aws, 'why sandbox crm --json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toEqual({
    environment: 'sandbox',
    token: 'crm',
    attempts: [
      {
        at: '2026-12-01T12:00:00.000Z',
        outcome: 'failed',
        how: null,
        code: 'CredentialsRefused',
        apiStatus: 401,
        credentials: null,
        parameterVersion: null,
        inWords: 'failed: the token API refuses the credentials (HTTP 401); not tried again by itself',
      },
    ],
    isOk: false,
    todo: 'Store the right credentials. They are tried at once.',
    command: 'npm run tokens -- credentials sandbox crm',
    section: 'docs/runbook.md#login-refused',
  });
});

it('breaks long lines under their words', async () => {
  const aws = await openAws();
  const fields = {
    token: 'crm',
    outcome: 'failed',
    code: 'ApiUnavailable',
    apiStatus: 503,
    retryInSeconds: 18,
  };
  logLine(aws, { ...fields, retryBy: 'hidden' }, NOW);
  const { out } = await run(aws, 'why sandbox crm', { columns: 60, env: { NO_COLOR: '1' } });
  expect(out.split('\n').slice(1, 4)).toEqual([
    '  2026-12-01T12:00:00Z  failed: the token API is down (HTTP',
    '                        503); tried again in 18 s',
    'What to do: The token API is to be waited for: the next',
  ]);
});
