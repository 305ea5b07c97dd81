import { describe, expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../lambda/clock.ts';
import type { Session } from '../../lambda/session.ts';
import { METRICS, REJECTION_REASON_ATTRIBUTE } from '../../lib/contract.ts';
import { sqsRecord } from '../../local/memory-aws/sqs-record.ts';
import { leaksIn } from '../security/leaks.ts';
import type { Attempt, Stage, StageOptions } from './stage.ts';
import { ACCESS_TOKEN, credentialsOf, openStage, PASSWORD, SECRET, SESSION, TOKEN } from './stage.ts';

async function open(options?: StageOptions): Promise<Stage> {
  const stage = await openStage(options);
  onTestFinished(stage.close);
  return stage;
}

const metric = ({ metrics }: Attempt, name: string): number | undefined =>
  metrics.flatMap((group) => group.metrics).find((measurement) => measurement.name === name)?.value;

describe('a token', () => {
  it('comes by login first, then by refresh token', async () => {
    const stage = await open();
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
    const stage = await open();
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
    const stage = await open({ tokenApi: { rotates: false } });
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

  it('whose refresh token was refused never presents it again, though the login is down', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.api.model.revokeAll();
    stage.api.faults.add('login', { kind: 'answer', status: 503 });
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'failed', code: 'ApiUnavailable' });
    stage.newContainer();
    await stage.attempt({}, { attempt: 2 });
    expect(stage.api.model.counters.refusedRefreshes).toBe(1);
    stage.api.faults.clear();
    expect((await stage.attempt({}, { attempt: 3 })).line).toMatchObject({ how: 'login' });
  });

  it('is asked for once more at once after a blip, and then not before the next attempt', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.api.faults.add('refresh', { kind: 'answer', status: 502 });
    const { line, retryInSeconds } = await stage.attempt();
    expect(line.apiCalls).toHaveLength(2);
    expect(retryInSeconds).toBeGreaterThanOrEqual(3);
  });

  it('less than a minute old is not: the request is put off until the minute is over', async () => {
    const stage = await open();
    stage.storeCredentials(credentialsOf(PASSWORD));
    await stage.attempt();
    const second = await stage.attempt();
    expect(second.line).toMatchObject({ outcome: 'put-off' });
    expect(second.retryInSeconds).toBeGreaterThan(55);
    expect(second.retryInSeconds).toBeLessThanOrEqual(60);
  });

  it('newer than a rejected version satisfies a thousand requests without a call', async () => {
    const stage = await open();
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
    const stage = await open();
    stage.startWithToken();
    stage.api.faults.add('refresh', { kind: 'answer', status: 200, body: { data: { token } } });
    await stage.attempt();
    const { Parameters = [] } = stage.aws.parameters.describeParameters({});
    expect(Parameters.find(({ Name }) => Name === ACCESS_TOKEN)?.Tier).toBe('Advanced');
    expect(stage.accessToken()).toBe(token);
  });
});

describe('credentials', () => {
  it('that were never set: nobody is called, and the log says which command sets them', async () => {
    const stage = await open();
    const { line, retryInSeconds, metrics } = await stage.attempt();
    expect(line).toMatchObject({ outcome: 'failed', code: 'NoCredentials' });
    expect(line.detail).toContain(`put-secret-value --secret-id ${SECRET}`);
    expect(retryInSeconds).toBeUndefined();
    expect(metrics.flatMap((group) => group.metrics).map(({ name }) => name)).toEqual([
      METRICS.perCode.failedAttempt,
    ]);
    expect(stage.api.model.counters).toMatchObject({ logins: 0, refusedLogins: 0 });
  });

  it('that are blank count as not set', async () => {
    const stage = await open();
    stage.storeCredentials(' ');
    expect((await stage.attempt()).line).toMatchObject({ code: 'NoCredentials' });
  });

  it.each([
    ['that are not JSON', `user:${PASSWORD}`, 'not a JSON object'],
    ['that lack a field', JSON.stringify({ password: PASSWORD }), 'field username is missing'],
    ['with an empty field', JSON.stringify({ username: 'bob', password: '' }), 'field password is empty'],
  ])('%s: nobody is called, and nothing of them is told', async (_, value, detail) => {
    const stage = await open();
    stage.storeCredentials(value);
    const attempt = await stage.attempt();
    expect(attempt.line).toMatchObject({
      code: 'CredentialsMalformed',
      detail: expect.stringContaining(detail),
    });
    expect(attempt.retryInSeconds).toBeUndefined();
    expect(metric(attempt, METRICS.perToken.refreshFailing)).toBe(1);
    expect(metric(attempt, METRICS.perToken.loginRefused)).toBe(1);
    expect(stage.api.model.counters).toMatchObject({ logins: 0, refusedLogins: 0 });
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
  });

  it('that are refused are not tried again by the next requests, nor by another container', async () => {
    const stage = await open();
    stage.storeCredentials(credentialsOf('wrong'));
    const first = await stage.attempt();
    expect(first.line).toMatchObject({ code: 'CredentialsRefused', apiStatus: 401 });
    expect(metric(first, METRICS.perToken.loginRefused)).toBe(1);
    stage.newContainer();
    const second = await stage.attempt({ requestedBy: 'schedule' });
    expect(second.line).toMatchObject({ code: 'CredentialsRefused', detail: 'not tried again yet' });
    expect(metric(second, METRICS.perToken.refreshFailing)).toBe(1);
    expect(stage.api.model.counters.refusedLogins).toBe(1);
  });

  it('that are refused are tried once more for a request that asks, at most once an hour', async () => {
    const stage = await open();
    stage.storeCredentials(credentialsOf('wrong'));
    await stage.attempt();
    await stage.attempt({ retryRefused: true });
    await stage.attempt({ retryRefused: true });
    expect(stage.api.model.counters.refusedLogins).toBe(2);
  });

  it('that are refused keep their extra try until the token API has judged them', async () => {
    const stage = await open();
    stage.storeCredentials(credentialsOf('wrong'));
    await stage.attempt();
    stage.api.faults.add('login', { kind: 'answer', status: 429 }, 1);
    expect((await stage.attempt({ retryRefused: true })).line).toMatchObject({ code: 'ApiThrottled' });
    await stage.attempt({ retryRefused: true }, { attempt: 2 });
    await stage.attempt({ retryRefused: true }, { attempt: 3 });
    expect(stage.api.model.counters.refusedLogins).toBe(2);
  });

  it('that are new are tried at once, whoever asks, even for a token that is young', async () => {
    const stage = await open();
    stage.storeCredentials(credentialsOf('wrong'));
    await stage.attempt();
    stage.storeCredentials(credentialsOf(PASSWORD));
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
    stage.storeCredentials(JSON.stringify({ ...JSON.parse(credentialsOf(PASSWORD)), note: 'rotated' }));
    expect((await stage.attempt({ requestedBy: 'schedule' })).line).toMatchObject({ how: 'login' });
    expect(stage.api.model.counters).toMatchObject({ logins: 2, refusedLogins: 1 });
  });

  it('that are new and wrong raise the alarm, and the session goes on', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf('wrong'));
    const first = await stage.attempt({ requestedBy: 'credentials' });
    expect(first.line).toMatchObject({ outcome: 'refreshed', how: 'refresh', credentials: 'refused' });
    expect(metric(first, METRICS.perToken.loginRefused)).toBe(1);
    expect(metric(first, METRICS.perToken.refreshFailing)).toBe(0);
    await stage.attempt();
    expect(stage.api.model.counters.refusedLogins).toBe(1);
  });

  it('that are new while the login is down do not stop the session', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf(PASSWORD));
    stage.api.faults.add('login', { kind: 'answer', status: 503 });
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
    stage.api.faults.clear();
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'put-off' });
    expect(stage.api.model.counters.logins).toBe(1);
    stage.makeOlder();
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
  });

  it('that are newer still are tried at once, though the login has just been down', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf(PASSWORD));
    stage.api.faults.add('login', { kind: 'answer', status: 503 });
    await stage.attempt();
    stage.api.faults.clear();
    stage.storeCredentials(JSON.stringify({ ...JSON.parse(credentialsOf(PASSWORD)), note: 'newer' }));
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
  });

  it.each(['hang', 'throttle', 'deny', 'denyKms', 'error500'] as const)(
    'that are new but cannot be read do not stop the session: %s',
    async (fault) => {
      const stage = await open();
      stage.startWithToken();
      stage.storeCredentials(credentialsOf(PASSWORD));
      stage.aws.faults.add({ operation: 'GetSecretValue', fault, times: Number.POSITIVE_INFINITY });
      expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
      expect(JSON.parse(stage.read(SESSION) ?? '').undecided).toMatchObject({
        code: 'CredentialsUnreadable',
      });
    },
  );

  it('that are new are tried once a minute, not at each attempt, while neither endpoint has an answer', async () => {
    const calls: string[] = [];
    const stage = await open({ tokenApi: { onCall: (endpoint) => calls.push(endpoint) } });
    stage.startWithToken();
    stage.storeCredentials(credentialsOf(PASSWORD));
    for (const endpoint of ['login', 'refresh'] as const)
      stage.api.faults.add(endpoint, { kind: 'change', change: () => ({ status: 429, body: {} }) });
    await stage.attempt();
    await stage.attempt({}, { attempt: 2 });
    expect(calls).toEqual(['login', 'refresh', 'refresh']);
    stage.makeOlder();
    await stage.attempt();
    expect(calls.slice(3)).toEqual(['login', 'refresh']);
  });

  it('that are new are not tried again before the time that the API asks for', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf(PASSWORD));
    stage.api.faults.add('login', { kind: 'answer', status: 429, headers: { 'Retry-After': '600' } });
    await stage.attempt();
    stage.makeOlder();
    const early = await stage.attempt({ rejectedVersion: 1 });
    expect(early.line).toMatchObject({ outcome: 'satisfied' });
    expect(metric(early, METRICS.perEnvironment.apiLatency)).toBeUndefined();
    for (let minutes = 2; minutes < 10; minutes += 2) stage.makeOlder();
    const late = await stage.attempt({ rejectedVersion: 1 });
    expect(metric(late, METRICS.perEnvironment.apiLatency)).toBeDefined();
  });

  it.each([
    { what: 'a maintenance page', fault: { kind: 'answer', status: 200, body: '<html></html>' } },
    {
      what: 'a redirect',
      fault: { kind: 'answer', status: 302, headers: { Location: 'https://example.com' } },
    },
    { what: 'a firewall', fault: { kind: 'answer', status: 403 } },
    { what: 'a missing page', fault: { kind: 'answer', status: 404 } },
    { what: 'an outage', fault: { kind: 'answer', status: 503 } },
  ] as const)('that are refused do not end a request whose refresh token met $what', async ({ fault }) => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf('wrong'));
    stage.api.faults.add('refresh', fault);
    for (const attempt of [1, 2, 3]) {
      const failed = await stage.attempt({}, { attempt });
      expect(failed.line).toMatchObject({ outcome: 'failed' });
      expect(failed.retryInSeconds).toBeGreaterThanOrEqual(1);
    }
    stage.api.faults.clear();
    expect((await stage.attempt({}, { attempt: 4 })).line).toMatchObject({
      outcome: 'refreshed',
      how: 'refresh',
    });
    expect(stage.api.model.counters.refusedLogins).toBe(1);
  });

  it('that are refused hold the turn where that cannot be recorded, whatever the refresh token met', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf('wrong'));
    stage.api.faults.add('refresh', { kind: 'answer', status: 404 });
    stage.aws.faults.add({ operation: 'PutParameter', fault: 'deny', times: Number.POSITIVE_INFINITY });
    expect((await stage.attempt()).retryInSeconds).toBeGreaterThanOrEqual(1500);
  });

  it('that are missing do not either', async () => {
    const stage = await open();
    stage.startWithToken();
    stage.storeCredentials(' ');
    stage.api.faults.add('refresh', { kind: 'answer', status: 404 });
    expect((await stage.attempt()).retryInSeconds).toBeGreaterThanOrEqual(1);
  });
});

describe('a message that is no request', () => {
  it.each([
    ['text', 'refresh please'],
    ['no token', { requestedBy: 'schedule' } as const],
    ['the token of another group', { token: 'other-api' }],
    ['a requester unknown', { requestedBy: 'mallory' as 'consumer' }],
  ])('goes to the dead-letter queue with a reason: %s', async (_, message) => {
    const stage = await open();
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
    const stage = await open();
    const body = `${'x'.repeat(9_999)}${'😀'.repeat((1_048_576 - 9_999) / 4)}`;
    expect((await stage.attempt(body)).retryInSeconds).toBeUndefined();
    const [dead] = stage.deadLetters.receive();
    expect(dead?.body).toBe(`${'x'.repeat(9_999)}\ufffd`);
  });

  it('stays on the queue while the dead-letter queue takes nothing', async () => {
    const stage = await open();
    stage.aws.faults.add({ operation: 'SendMessage', fault: 'deny', times: Number.POSITIVE_INFINITY });
    expect((await stage.attempt('refresh please')).retryInSeconds).toBeGreaterThan(50);
    expect(stage.deadLetters.counts().all).toBe(0);
  });

  it('is another thing than a request for a token that this environment does not have', async () => {
    const stage = await open();
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

it('a pause is never longer than a queue can hide a message', async () => {
  const stage = await open({ token: { intervalSeconds: 43_200, accessTokenLifetimeSeconds: 50_000 } });
  stage.startWithToken();
  stage.api.faults.add('refresh', { kind: 'answer', status: 429, headers: { 'Retry-After': '86400' } });
  expect((await stage.attempt()).retryInSeconds).toBe(43_200 - 60);
});

it('a token that was just granted answers its request, though the clock of the queue is ahead', async () => {
  const stage = await open();
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
  const stage = await open();
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

it.each([
  ['no JSON', 'rubbish'],
  ['another format', JSON.stringify({ formatVersion: 99 })],
])('a stored session that is %s costs one login', async (_, value) => {
  const stage = await open();
  stage.startWithToken();
  stage.aws.parameters.putParameter({ Name: SESSION, Value: value, Type: 'SecureString', Overwrite: true });
  expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
});
