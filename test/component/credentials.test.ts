import { describe, expect, it } from 'vitest';
import { METRICS } from '../../contract/metrics.ts';
import { leaksIn } from '../security/leaks.ts';
import type { Attempt } from './stage.ts';
import { credentialsOf, openStageForTest, PASSWORD, SECRET, SESSION } from './stage.ts';

const metric = ({ metrics }: Attempt, name: string): number | undefined =>
  metrics.flatMap((group) => group.metrics).find((measurement) => measurement.name === name)?.value;

describe('credentials', () => {
  it('that were never set: nobody is called, and the log says which command sets them', async () => {
    const stage = await openStageForTest();
    const { line, retryInSeconds, metrics } = await stage.attempt();
    expect(line).toMatchObject({ outcome: 'failed', code: 'NoCredentials' });
    expect(line.detail).toContain('token-refresher credentials sandbox payments-api');
    expect(retryInSeconds).toBeUndefined();
    expect(metrics.flatMap((group) => group.metrics).map(({ name }) => name)).toEqual([
      METRICS.perCode.failedAttempt,
    ]);
    expect(stage.api.model.counters).toMatchObject({ logins: 0, refusedLogins: 0 });
  });

  it('that are blank count as not set', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(' ');
    expect((await stage.attempt()).line).toMatchObject({ code: 'NoCredentials' });
  });

  it.each([
    ['that are not JSON', `user:${PASSWORD}`, 'not a JSON object'],
    ['that lack a field', JSON.stringify({ password: PASSWORD }), 'field username is missing'],
    ['with an empty field', JSON.stringify({ username: 'bob', password: '' }), 'field password is empty'],
  ])('%s: nobody is called, and nothing of them is told', async (_, value, detail) => {
    const stage = await openStageForTest();
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

  it('that were stored as bytes, with a byte order mark, are read', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(Buffer.from(`\ufeff${credentialsOf(PASSWORD)}`));
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
    stage.storeCredentials(Buffer.from(credentialsOf('wrong'), 'utf16le'));
    stage.makeOlder();
    await stage.attempt();
    const { failedLogins } = JSON.parse(stage.read(SESSION) ?? '');
    expect(failedLogins).toMatchObject([{ code: 'CredentialsMalformed' }]);
  });

  it('that are refused and end in a line end are hinted at', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf(`${PASSWORD}\n`));
    expect((await stage.attempt()).line).toMatchObject({
      code: 'CredentialsRefused',
      detail: 'the password begins or ends with a line end',
    });
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
  });

  it('that are refused are not tried again by the next requests, nor by another container', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf('wrong'));
    const first = await stage.attempt();
    const { VersionId: credentialsVersion } = stage.aws.secrets.getSecretValue({ SecretId: SECRET });
    expect(first.line).toMatchObject({ code: 'CredentialsRefused', apiStatus: 401, credentialsVersion });
    expect(metric(first, METRICS.perToken.loginRefused)).toBe(1);
    stage.newContainer();
    const second = await stage.attempt({ requestedBy: 'schedule' });
    expect(second.line).toMatchObject({
      code: 'CredentialsRefused',
      detail: expect.stringContaining('not tried again before'),
    });
    expect(metric(second, METRICS.perToken.refreshFailing)).toBe(1);
    expect(stage.api.model.counters.refusedLogins).toBe(1);
  });

  it('whose very first refusal is no JSON may have been shown to an API that speaks another protocol', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf(PASSWORD));
    const page = { kind: 'answer', status: 401, body: '<html>Log in</html>' } as const;
    stage.api.faults.add('login', page, 1);
    expect((await stage.attempt()).line).toMatchObject({
      code: 'CredentialsRefused',
      detail: 'or this API speaks another protocol',
    });
    const later = await openStageForTest();
    later.startWithToken({ refreshToken: false });
    later.api.faults.add('login', page, 1);
    const { line } = await later.attempt();
    expect(line.code).toBe('CredentialsRefused');
    expect(line.detail).toBeUndefined();
  });

  it('of an account that is locked are not tried again either', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf(PASSWORD));
    stage.api.faults.add('login', { kind: 'answer', status: 423, body: {} }, 1);
    const first = await stage.attempt();
    expect(first.line).toMatchObject({ code: 'AccountLocked', credentials: 'refused' });
    expect(metric(first, METRICS.perToken.loginRefused)).toBe(1);
    const second = await stage.attempt({}, { attempt: 2 });
    expect(second.line).toMatchObject({
      code: 'AccountLocked',
      detail: expect.stringContaining('not tried again before'),
    });
    expect(stage.api.model.counters.logins).toBe(0);
  });

  it('without a verdict are seldom tried again, and only the alarm on refreshes tells', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf(PASSWORD));
    stage.api.faults.add('login', { kind: 'answer', status: 403 });
    const first = await stage.attempt();
    expect(first.line).toMatchObject({ code: 'ApiForbidden', credentials: 'no verdict' });
    expect(metric(first, METRICS.perToken.refreshFailing)).toBe(1);
    expect(metric(first, METRICS.perToken.loginRefused)).toBeUndefined();
    const second = await stage.attempt();
    expect(second.line.detail).toContain('not tried again before');
    expect(second.line.credentials).toBeUndefined();
  });

  it('that are refused are tried once more for a request that asks, at most once an hour', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf('wrong'));
    await stage.attempt();
    await stage.attempt({ retryRefused: true });
    await stage.attempt({ retryRefused: true });
    expect(stage.api.model.counters.refusedLogins).toBe(2);
  });

  it('that are refused are judged by their extra try, though it meets a throttle first', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf('wrong'));
    await stage.attempt();
    stage.api.faults.add('login', { kind: 'answer', status: 429 }, 1);
    expect((await stage.attempt({ retryRefused: true })).line).toMatchObject({ code: 'ApiThrottled' });
    expect(stage.api.model.counters.refusedLogins).toBe(1);
    stage.makeOlder();
    await stage.attempt({}, { attempt: 2 });
    await stage.attempt({}, { attempt: 3 });
    expect(stage.api.model.counters.refusedLogins).toBe(2);
  });

  it('that are new are tried at once, whoever asks, even for a token that is young', async () => {
    const stage = await openStageForTest();
    stage.storeCredentials(credentialsOf('wrong'));
    await stage.attempt();
    stage.storeCredentials(credentialsOf(PASSWORD));
    expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'login' });
    stage.storeCredentials(JSON.stringify({ ...JSON.parse(credentialsOf(PASSWORD)), note: 'rotated' }));
    expect((await stage.attempt({ requestedBy: 'schedule' })).line).toMatchObject({ how: 'login' });
    expect(stage.api.model.counters).toMatchObject({ logins: 2, refusedLogins: 1 });
  });

  it('that are new and wrong raise the alarm, and the session goes on', async () => {
    const stage = await openStageForTest();
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
    const stage = await openStageForTest();
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
    const stage = await openStageForTest();
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
      const stage = await openStageForTest();
      stage.startWithToken();
      stage.storeCredentials(credentialsOf(PASSWORD));
      stage.aws.faults.add({ operation: 'GetSecretValue', fault, times: Number.POSITIVE_INFINITY });
      expect((await stage.attempt()).line).toMatchObject({ outcome: 'refreshed', how: 'refresh' });
      expect(JSON.parse(stage.read(SESSION) ?? '').failedLogins).toMatchObject([
        { code: 'CredentialsUnreadable', shown: [] },
      ]);
    },
  );

  it('that are new are tried once a minute, not at each attempt, while neither endpoint has an answer', async () => {
    const calls: string[] = [];
    const stage = await openStageForTest({ tokenApi: { onCall: (endpoint) => calls.push(endpoint) } });
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
    const stage = await openStageForTest();
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
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf('wrong'));
    stage.api.faults.add('refresh', fault);
    for (const attempt of [1, 2, 3]) {
      const failed = await stage.attempt({}, { attempt });
      expect(failed.line).toMatchObject({ outcome: 'failed' });
      expect(failed.retryInSeconds).toBeGreaterThanOrEqual(1);
    }
    expect(stage.api.model.counters.refusedLogins).toBe(1);
    stage.api.faults.clear();
    stage.makeOlder();
    expect((await stage.attempt({}, { attempt: 4 })).line).toMatchObject({
      outcome: 'refreshed',
      how: 'refresh',
    });
  });

  it('that are refused hold the turn where that cannot be recorded, whatever the refresh token met', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.storeCredentials(credentialsOf('wrong'));
    stage.api.faults.add('refresh', { kind: 'answer', status: 404 });
    stage.aws.faults.add({ operation: 'PutParameter', fault: 'deny', times: Number.POSITIVE_INFINITY });
    expect((await stage.attempt()).retryInSeconds).toBeGreaterThanOrEqual(1500);
  });

  it('that are missing do not either', async () => {
    const stage = await openStageForTest();
    stage.startWithToken();
    stage.storeCredentials(' ');
    stage.api.faults.add('refresh', { kind: 'answer', status: 404 });
    expect((await stage.attempt()).retryInSeconds).toBeGreaterThanOrEqual(1);
  });
});
