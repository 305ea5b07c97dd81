import { expect, it } from 'vitest';
import { LIMITS } from '../../contract/times.ts';
import { leaksIn } from '../security/leaks.ts';
import { awsFaults } from './aws-faults.ts';
import { ACCESS_TOKEN, openStage, openStageForTest, SESSION } from './stage.ts';
import { told } from './told.ts';

it.concurrent.for(awsFaults)('$name', async ({ faults, at, code, apiCalls }, { onTestFinished }) => {
  const stage = await openStage();
  onTestFinished(stage.close);
  const before = stage.startWithToken({ refreshToken: at === 'refresh' });
  for (const fault of faults) stage.aws.faults.add(fault);
  const first = await stage.attempt();

  expect(first.tookMs).toBeLessThan(LIMITS.attemptSeconds * 1000 + 500);
  if (code === undefined) {
    expect(first.line, told(first)).toMatchObject({ outcome: 'refreshed', how: at });
  } else {
    expect(first.line, told(first)).toMatchObject({ outcome: 'failed', code });
    expect(first.retryInSeconds, told(first)).toBeGreaterThanOrEqual(1);
    expect(first.retryInSeconds, told(first)).toBeLessThanOrEqual(20);
    stage.aws.faults.clear();
    const second = await stage.attempt({}, { attempt: 2 });
    expect(second.line, told(second)).toMatchObject({ outcome: 'refreshed' });
  }

  // A token that was granted is not lost: it is stored without another call to the token API.
  const { logins, refreshes, refusedRefreshes } = stage.api.model.counters;
  expect(logins - 1 + refreshes + refusedRefreshes, told(first)).toBe(apiCalls);
  expect(stage.accessToken()).not.toBe(before);
  expect(stage.api.model.accepts(stage.accessToken() ?? '')).toBe(true);
  expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
});

it.concurrent('a queue that hangs costs two seconds after the slowest attempt', async ({
  onTestFinished,
}) => {
  const stage = await openStage();
  onTestFinished(stage.close);
  stage.startWithToken();
  stage.api.faults.add('refresh', { kind: 'answer', status: 429, headers: { 'retry-after': '120' } });
  for (const operation of ['PutParameter', 'SendMessage', 'ChangeMessageVisibility']) {
    stage.aws.faults.add({ operation, fault: 'hang', times: Number.POSITIVE_INFINITY });
  }
  const { tookMs } = await stage.attempt();
  expect(tookMs).toBeGreaterThan((LIMITS.attemptSeconds + 1) * 1000);
  expect(tookMs).toBeLessThan((LIMITS.attemptSeconds + 2) * 1000 + 500);
});

it('every write names type, key, tier and a description without secrets', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  await stage.attempt();
  const { Parameters = [] } = stage.aws.parameters.describeParameters({});
  expect(Parameters.map(({ Name, Type, KeyId }) => [Name, Type, KeyId])).toEqual(
    [ACCESS_TOKEN, SESSION].map((name) => [name, 'SecureString', expect.stringContaining(':key/')]),
  );
  const written = stage.aws.requests.filter(({ operation }) => operation === 'PutParameter');
  for (const { members } of written) {
    expect(members).toEqual(expect.arrayContaining(['Type', 'KeyId', 'Tier', 'Description', 'Overwrite']));
  }
  expect(Parameters.find(({ Name }) => Name === ACCESS_TOKEN)?.Description).toMatch(
    /^how=refresh expires=\d{4}-.*Z$/,
  );
});

it('a refresh takes three round trips: two reads, the token API, two writes', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  await stage.attempt();
  expect(stage.aws.requests.map(({ operation }) => operation).sort()).toEqual([
    'DescribeSecret',
    'GetParameters',
    'PutParameter',
    'PutParameter',
  ]);
});
