import { describe, expect, it } from 'vitest';
import { METRICS } from '../../contract/metrics.ts';
import { REJECTION_REASON_ATTRIBUTE, wakeUpGroup } from '../../contract/requests.ts';
import { MINUTE } from '../../contract/times.ts';
import { sqsRecord } from '../../fakes/memory-aws/sqs-record.ts';
import type { Session } from '../../lambda/refresh/session.ts';
import {
  ACCESS_TOKEN,
  credentialsOf,
  openStageForTest,
  PASSWORD,
  receiveOf,
  SESSION,
  type Stage,
  TOKEN,
} from './stage.ts';

describe('a token', () => {
  it('comes by login first, then by refresh token', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf(PASSWORD));
    const first = await stage.attempt({ requestedBy: 'credentials' });
    expect(first.line).toMatchObject({
      outcome: 'refreshed',
      how: 'login',
      parameterVersion: 1,
      token: TOKEN,
    });
    const token = stage.accessToken() ?? '';
    expect(stage.api.model.accepts(token)).toBe(true);
    expect(stage.api.model.counters).toMatchObject({ logins: 1, refreshes: 0 });
  });

  it('that is ten minutes old is renewed by refresh token', async () => {
    const stage = await openStageForTest();
    const before = stage.startWithToken();
    expect((await stage.attempt()).line).toMatchObject({
      how: 'refresh',
      parameterVersion: 2,
      apiStatus: 200,
    });
    expect(stage.accessToken()).not.toBe(before);
    expect(stage.api.model.counters).toMatchObject({ logins: 1, refreshes: 1 });
  });

  it('is renewed again and again by a refresh token that does not change', async () => {
    const stage = await openStageForTest({ tokenApi: { rotates: false } });
    stage.startWithToken();
    await stage.attempt();
    const sessionAfter = (): Session => JSON.parse(stage.read(SESSION) ?? '');
    const { granted } = sessionAfter();
    expect(granted?.refreshToken).toBeDefined();
    const older = { ...sessionAfter(), granted: { ...granted, obtainedAt: Date.now() - 2 * MINUTE } };
    stage.aws.parameters.putParameter({ Name: SESSION, Value: JSON.stringify(older), Overwrite: true });
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
    expect(sessionAfter().granted?.refreshToken).toBe(granted?.refreshToken);
    expect(stage.api.model.counters).toMatchObject({ logins: 1, refreshes: 2, reuses: 0 });
  });

  it('whose new refresh token cannot be kept never presents the old one again', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.api.faults.add('refresh', {
      kind: 'change',
      change: ({ status }) => ({ status, body: { data: { token: 'abc', refreshToken: 'r'.repeat(7000) } } }),
    });
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
    stage.makeOlder();
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
    expect(stage.api.model.counters).toMatchObject({ refreshes: 1, reuses: 0 });
  });

  it('whose refresh token was refused never presents it again, though the login is down', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.api.model.revokeAll();
    stage.api.faults.add('login', { kind: 'answer', status: 503 });
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'failed', code: 'ApiUnavailable' });
    stage.newContainer();
    await stage.attempt({}, { attempt: 2 });
    expect(stage.api.model.counters.refusedRefreshes).toBe(1);
    stage.api.faults.clear();
    stage.makeOlder();
    expect((await stage.attempt({}, { attempt: 3 })).line).toMatchObject({ how: 'login' });
  });

  it('keeps its refresh token through an outage', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    await stage.api.pause();
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'failed', code: 'ApiUnreachable' });
    await stage.api.resume();
    const { line } = await stage.attempt({}, { attempt: 2 });
    expect(line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
  });

  it('is asked for once more at once after a brief failure, and then not before the next attempt', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.api.faults.add('refresh', { kind: 'answer', status: 502 });
    const { line, retryInSeconds } = await stage.attempt();
    expect(line.apiCalls).toHaveLength(2);
    expect(retryInSeconds).toBeGreaterThanOrEqual(3);
  });

  it('less than a minute old is not: the request is put off until the minute is over', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf(PASSWORD));
    await stage.attempt();
    const second = await stage.attempt();
    expect(second.line).toMatchObject({ outcome: 'put-off' });
    expect(second.retryInSeconds).toBeGreaterThan(55);
    expect(second.retryInSeconds).toBeLessThanOrEqual(60);
  });

  it('newer than a rejected version satisfies a thousand requests without a call', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    await stage.attempt({ requestedBy: 'consumer', rejectedVersion: 1 });
    for (let request = 0; request < 20; request++) {
      const { line } = await stage.attempt({ requestedBy: 'consumer', rejectedVersion: 1 });
      expect(line).toMatchObject({ outcome: 'satisfied', parameterVersion: 2 });
    }
    expect(stage.api.model.counters.refreshes).toBe(1);
  });

  it('5 KB long is kept in an advanced parameter', async () => {
    const token = 'x'.repeat(5 * 1024);
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.api.faults.add('refresh', { kind: 'answer', status: 200, body: { data: { token } } });
    await stage.attempt();
    const { Parameters = [] } = stage.aws.parameters.describeParameters({});
    expect(Parameters.find(({ Name }) => Name === ACCESS_TOKEN)?.Tier).toBe('Advanced');
    expect(stage.accessToken()).toBe(token);
  });
});

describe('a message that is no request', () => {
  it.each([
    ['text', 'refresh please'],
    ['no token', { requestedBy: 'schedule' } as const],
    ['the token of another group', { token: 'other-api' }],
    ['a requester unknown', { requestedBy: 'mallory' as 'consumer' }],
  ])('goes to the dead-letter queue with a reason: %s', async (_, message) => {
    const stage = await openStageForTest();
    const body = typeof message === 'string' ? message : JSON.stringify({ token: undefined, ...message });
    const { line, retryInSeconds, metrics } = await stage.attempt(body);
    expect(line).toMatchObject({ outcome: 'rejected', code: 'InvalidRequest' });
    expect(retryInSeconds).toBeUndefined();
    expect(metrics.flatMap((group) => group.metrics)).toMatchObject([
      { name: METRICS.perEnvironment.rejectedMessage },
    ]);
    const [dead] = stage.deadLetters.receive();
    expect(dead).toMatchObject({
      body,
      attributes: { [REJECTION_REASON_ATTRIBUTE]: { StringValue: line.reason } },
    });
    expect(JSON.stringify(line)).not.toContain('mallory');
  });

  it('of the largest size there is goes there, too, with its beginning', async () => {
    const stage = await openStageForTest();
    const body = `${'x'.repeat(9_999)}${'😀'.repeat((1_048_576 - 9_999) / 4)}`;
    expect((await stage.attempt(body)).retryInSeconds).toBeUndefined();
    const [dead] = stage.deadLetters.receive();
    expect(dead?.body).toBe(`${'x'.repeat(9_999)}\ufffd`);
  });

  it('stays on the queue while the dead-letter queue takes nothing', async () => {
    const stage = await openStageForTest();
    stage.aws.faults.add({ operation: 'SendMessage', fault: 'deny', times: Number.POSITIVE_INFINITY });
    expect((await stage.attempt('refresh please')).retryInSeconds).toBeGreaterThan(50);
    expect(stage.deadLetters.counts().all).toBe(0);
  });

  it('is another thing than a request for a token that this environment does not have', async () => {
    const stage = await openStageForTest();
    const named = {
      'removed-api': 'removed-api',
      constructor: 'constructor',
      Bearer_eyJ: 'not a name of a token',
    };
    for (const [token, logged] of Object.entries(named)) {
      const { line, retryInSeconds, metrics } = await stage.attempt(
        JSON.stringify({ token, requestedBy: 'consumer' }),
        { group: token },
      );
      expect(line).toMatchObject({ code: 'UnknownToken', token: logged });
      expect(retryInSeconds).toBeUndefined();
      expect(metrics).toEqual([
        {
          dimensions: { Environment: 'sandbox' },
          metrics: [{ name: METRICS.perEnvironment.unknownToken, unit: 'Count', value: 1 }],
        },
      ]);
    }
    expect(stage.deadLetters.counts().all).toBe(0);
  });
});

it('a token that was just granted answers its request, though the clock of the queue is ahead', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  stage.queue.send({
    body: JSON.stringify({ token: TOKEN, requestedBy: 'operator' }),
    groupId: TOKEN,
    deduplicationId: 'ahead',
  });
  const [received] = stage.queue.receive();
  if (received === undefined) throw new Error('the queue handed out nothing');
  const record = sqsRecord({ ...received, sentAt: Date.now() + 30_000 }, stage.queue.arn);
  expect(await stage.handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
});

it('a queue that takes no change gives the message back when its visibility timeout ends', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  stage.api.faults.add('refresh', { kind: 'answer', status: 503 });
  stage.aws.faults.add({
    operation: 'ChangeMessageVisibility',
    fault: 'deny',
    times: Number.POSITIVE_INFINITY,
  });
  const { retryInSeconds } = await stage.attempt();
  expect(retryInSeconds).toBeGreaterThan(50);
  expect(retryInSeconds).toBeLessThanOrEqual(60);
});

it('a wake-up that cannot be sent hides its message for 20 s only', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  stage.api.faults.add('refresh', { kind: 'answer', status: 429, headers: { 'retry-after': '600' } });
  stage.aws.faults.add({ operation: 'SendMessage', fault: 'deny', times: Number.POSITIVE_INFINITY });
  stage.queue.send({ body: JSON.stringify({ token: TOKEN, requestedBy: 'operator' }), groupId: TOKEN });
  const record = sqsRecord(receiveOf(stage.queue, TOKEN), stage.queue.arn);
  expect((await stage.handler({ Records: [record] })).batchItemFailures).toHaveLength(1);
  const hiddenMs = (stage.queue.nextVisibleAt() ?? 0) - Date.now();
  expect(hiddenMs).toBeGreaterThan(0);
  expect(hiddenMs).toBeLessThanOrEqual(21_000);
});

it('a wake-up asks for what its request asked: for another token than the rejected one, until there is one', async () => {
  const asked = { requestedBy: 'consumer', rejectedVersion: 1 } as const;
  const wakeUpOf = (stage: Stage): unknown => JSON.parse(stage.queue.receive()[0]?.body ?? '');

  const throttled = await openStageForTest();
  throttled.startWithToken();
  throttled.api.faults.add('refresh', { kind: 'answer', status: 429, headers: { 'retry-after': '600' } });
  await throttled.attempt(asked);
  expect(wakeUpOf(throttled)).toMatchObject({ requestedBy: 'wake-up', rejectedVersion: 1 });

  const short = await openStageForTest({ token: { accessTokenLifetimeSeconds: 900 } });
  short.startWithToken();
  expect((await short.attempt(asked)).line.outcome).toBe('refreshed');
  expect(wakeUpOf(short)).not.toHaveProperty('rejectedVersion');
});

it('a wake-up that would come after the next tick is none of ours, and is dropped', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  const dueAt = Date.now() + 365 * 24 * 60 * MINUTE;
  const body = { token: TOKEN, requestedBy: 'wake-up', since: 1, dueAt };
  const group = wakeUpGroup(TOKEN, dueAt);
  stage.queue.send({ body: JSON.stringify(body), groupId: group });
  const record = sqsRecord(receiveOf(stage.queue, group), stage.queue.arn);
  expect(await stage.handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
});

it.each([
  ['no JSON', 'rubbish'],
  ['another format', JSON.stringify({ formatVersion: 99 })],
])('a stored session that is %s costs one login', async (_, value) => {
  const stage = await openStageForTest();
  stage.startWithToken();
  stage.aws.parameters.putParameter({ Name: SESSION, Value: value, Type: 'SecureString', Overwrite: true });
  expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
});
