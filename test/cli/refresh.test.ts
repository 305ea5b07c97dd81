import { describe, expect, it, onTestFinished } from 'vitest';
import { credentialsOf, openStage, PASSWORD, TOKEN } from '../component/stage.ts';
import { deploy, openDeployedStage, runCli } from './cli-stage.ts';

const COMMAND = `refresh sandbox ${TOKEN}`;

it('asks, waits, and tells the outcome', async () => {
  const stage = await openDeployedStage({ hasToken: true });
  const ran = await runCli(stage.aws, COMMAND);
  expect(ran.out).toMatch(/^payments-api: refreshed by refresh, version 2, valid until [\d:T-]+Z\n$/);
  expect(ran).toMatchObject({ exitCode: 0, err: '' });
});

it('prints JSON', async () => {
  const stage = await openDeployedStage({ hasToken: true });
  const ran = await runCli(stage.aws, `${COMMAND} --json`);
  expect(JSON.parse(ran.out)).toEqual({
    environment: 'sandbox',
    token: TOKEN,
    outcome: 'refreshed',
    code: null,
    version: 2,
    validUntil: expect.stringMatching(/Z$/),
    inWords: expect.stringContaining('refreshed by refresh'),
  });
});

it('tells the reason of a failure, and what to do', async () => {
  const stage = await openDeployedStage();
  const ran = await runCli(stage.aws, COMMAND);
  expect(ran).toEqual({
    exitCode: 1,
    err: '',
    out: `${[
      'payments-api: failed: there are no credentials yet; not tried again by itself',
      'What to do: Store them. They are tried at once.',
      `  npm run tokens -- credentials sandbox ${TOKEN}`,
      'More: docs/runbook.md#login-refused',
    ].join('\n')}\n`,
  });
});

it('has refused credentials tried once more', async () => {
  const stage = await openDeployedStage();
  stage.api.faults.add('login', { kind: 'answer', status: 401, body: '{}' }, 2);
  await runCli(stage.aws, `credentials sandbox ${TOKEN}`, { stdin: credentialsOf(PASSWORD) });
  await runCli(stage.aws, COMMAND);
  stage.api.faults.clear();
  expect(await runCli(stage.aws, COMMAND)).toMatchObject({ exitCode: 1 });
  expect(await runCli(stage.aws, `${COMMAND} --retry-refused`)).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('refreshed by login'),
  });
});

describe('refuses', () => {
  it('an unknown token', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, 'refresh sandbox crm');
    expect(ran).toMatchObject({ exitCode: 2, err: 'sandbox has no token "crm".\nIt has payments-api.\n' });
  });

  it('a time to wait that is no number', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, `${COMMAND} --wait soon`);
    expect(ran).toMatchObject({ exitCode: 2, err: expect.stringContaining('It wants a whole number') });
  });
});

it('says when no attempt comes in time', async () => {
  const stage = await openStage();
  onTestFinished(stage.close);
  const { aws } = stage;
  deploy(aws, [{ token: TOKEN }]);
  const ran = await runCli(aws, `${COMMAND} --wait 1`);
  expect(ran.exitCode).toBe(1);
  expect(ran.err).toContain('but the log shows no attempt within 1 s.');
});

it('whom the queue refuses is told of consumerRequests', async () => {
  const stage = await openDeployedStage();
  stage.aws.faults.add({ operation: 'SendMessage', fault: 'denyByQueue' });
  const ran = await runCli(stage.aws, COMMAND);
  expect(ran.err).toContain('consumerRequests: false');
  expect(ran.exitCode).toBe(1);
});
