import { hash } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { wakeUpGroup } from '../../contract/requests.ts';
import { MINUTE } from '../../contract/times.ts';
import { EventSourceMapping } from '../../fakes/memory-aws/event-source-mapping.ts';
import { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';
import { sqsRecord } from '../../fakes/memory-aws/sqs-record.ts';
import { type Endpoint, startTokenApi } from '../../fakes/token-api/token-api-server.ts';
import { EMPTY_SESSION } from '../../lambda/refresh/session.ts';
import {
  ACCESS_TOKEN,
  credentialsOf,
  openStageForTest,
  receiveOf,
  SESSION,
  type Stage,
  TOKEN,
} from '../component/stage.ts';

/** Whoever may send to the queue chooses body, message group and deduplication id. */
interface Message {
  readonly body: unknown;
  readonly group?: string;
  readonly deduplicationId?: string;
}

/** Sends them all, and lets the function work them off as Lambda would, until none can be received. */
async function sendAll(stage: Stage, messages: readonly Message[]): Promise<void> {
  const mapping = new EventSourceMapping({ queue: stage.queue, handler: stage.handler });
  messages.forEach(({ body, group = TOKEN, deduplicationId }, index) => {
    stage.queue.send({
      body: typeof body === 'string' ? body : JSON.stringify(body),
      groupId: group,
      deduplicationId: deduplicationId ?? `hostile-${index}`,
    });
  });
  for (;;) {
    const runs = mapping.poll();
    if (runs.length === 0) return;
    await Promise.all(runs);
  }
}

const request = (fields: object = {}) => ({ token: TOKEN, requestedBy: 'consumer', ...fields });

it('cannot have another URL called', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  const other = await startTokenApi({ users: {} });
  onTestFinished(other.close);
  const url = other.baseUrl;
  await sendAll(
    stage,
    [
      { baseUrl: url, url, endpoint: url },
      { settings: { baseUrl: url }, tokenSettings: { baseUrl: url } },
      { rejectedVersion: 1, credentialsSecretId: 'other', ['__proto__']: { baseUrl: url } },
    ].map((fields) => ({ body: request(fields) })),
  );
  await sendAll(stage, [{ body: request({ token: url }), group: url }]);
  const { logins, refreshes, refusedLogins, refusedRefreshes } = other.model.counters;
  expect([logins, refreshes, refusedLogins, refusedRefreshes]).toEqual([0, 0, 0, 0]);
  expect(stage.api.model.counters.refreshes).toBe(1);
});

it('cannot have another parameter written or another secret read', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  const names = [
    '../production/payments-api',
    'payments-api/../other',
    'other-api',
    '__proto__',
    'toString',
    '',
  ];
  await sendAll(stage, [
    ...names.map((token) => ({
      body: request({ token }),
      group: token === '' ? 'empty' : token.replaceAll('/', '-'),
    })),
    ...names.map((token) => ({ body: request({ token }) })),
    { body: request({ parameter: '/other', Name: '/other', SecretId: 'other' }) },
  ]);
  const touched = stage.aws.requests
    .filter(({ service }) => service !== 'sqs')
    .flatMap(({ resources }) => resources);
  const secret = 'token-refresher/sandbox/payments-api/credentials';
  expect([...new Set(touched)].sort()).toEqual([ACCESS_TOKEN, SESSION, secret].sort());
});

it('cannot have two refreshes of one token run at once, whatever the message groups', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  stage.api.faults.add('refresh', { kind: 'slow', milliseconds: 300 });
  await sendAll(
    stage,
    Array.from({ length: 20 }, (_, index) => ({
      body: request(),
      group: index % 2 === 0 ? TOKEN : `group-${index}`,
    })),
  );
  expect(stage.api.mostAtOnce()).toBe(1);
  expect(stage.api.model.counters).toMatchObject({ refreshes: 1, reuses: 0 });
  expect(stage.deadLetters.counts().all).toBe(10);
});

it.each([
  ['without a version', {}],
  ['that name a version', { rejectedVersion: 1 }],
  ['that name a version yet to come', { rejectedVersion: Number.MAX_SAFE_INTEGER }],
  ['that say the schedule sent them', { requestedBy: 'schedule', scheduledTime: '2026-11-21T00:00:00Z' }],
  ['that speak of new credentials', { requestedBy: 'credentials', versionId: 'v2' }],
  ['that ask for an extra try', { retryRefused: true }],
])('cannot cause more than one new token a minute by requests %s', async (_, fields) => {
  const stage = await openStageForTest();
  stage.startWithToken();
  const messages = Array.from({ length: 50 }, (_, index) => ({
    body: request({ ...fields, nonce: index }),
    deduplicationId: `nonce-${index}`,
  }));
  await sendAll(stage, messages);
  stage.newContainer();
  await sendAll(
    stage,
    messages.map((message, index) => ({ ...message, deduplicationId: `again-${index}` })),
  );
  const { logins, refreshes } = stage.api.model.counters;
  expect(logins + refreshes).toBe(2);
});

it('cannot have refused credentials tried again: one extra try an hour is all', async () => {
  const stage = await openStageForTest();
  stage.storeCredentials(credentialsOf('wrong'));
  await flood(stage);
  expect(stage.api.model.counters.refusedLogins).toBe(1);
  await flood(stage, { retryRefused: true });
  stage.newContainer();
  await flood(stage, { retryRefused: true, requestedBy: 'operator' });
  await flood(stage, { requestedBy: 'credentials', versionId: 'new' });
  expect(stage.api.model.counters.refusedLogins).toBe(2);
});

/** The token API, and what it was asked; `faulty` calls are answered with a status of their own. */
async function openCounted(faulty: Endpoint, status: number) {
  const calls: string[] = [];
  const stage = await openStageForTest({ tokenApi: { onCall: (endpoint) => calls.push(endpoint) } });
  stage.startWithToken();
  stage.api.faults.add(faulty, { kind: 'change', change: () => ({ status, body: {} }) });
  return { stage, calls };
}

const flood = (stage: Stage, fields: object = {}): Promise<void> =>
  sendAll(
    stage,
    Array.from({ length: 30 }, (_, index) => ({
      body: request({ ...fields, nonce: index }),
      deduplicationId: `${JSON.stringify(fields).length}-${index}`,
    })),
  );

it.each([302, 403, 404, 429])(
  'cannot have new credentials tried again and again while the login answers %i',
  async (status) => {
    const { stage, calls } = await openCounted('login', status);
    await stage.attempt();
    stage.storeCredentials(credentialsOf('new password'));
    await flood(stage, { rejectedVersion: 1 });
    stage.newContainer();
    await flood(stage, { rejectedVersion: 1, requestedBy: 'credentials', versionId: 'new' });
    expect(calls).toEqual(['refresh', 'login']);
  },
);

it.each([302, 403, 404])(
  'cannot have a locked account called again and again while its refresh token gets %i',
  async (status) => {
    const { stage, calls } = await openCounted('refresh', status);
    stage.storeCredentials(credentialsOf('wrong'));
    await flood(stage);
    expect(calls).toEqual(['login', 'refresh']);
  },
);

it('cannot have a spent hour forgotten: the extra try is kept with the session', async () => {
  const stage = await openStageForTest();
  stage.storeCredentials(credentialsOf('wrong'));
  await sendAll(stage, [{ body: request() }, { body: request({ retryRefused: true }) }]);
  const session = JSON.parse(stage.read(SESSION) ?? '{}');
  expect(session).toMatchObject({ ...EMPTY_SESSION, failedLogins: [{ code: 'CredentialsRefused' }] });
  expect(Date.now() - session.extraTryAt).toBeLessThan(MINUTE);
});

it('cannot keep a due refresh from happening by claiming its deduplication id', async () => {
  const queue = new FifoQueue({
    name: 'requests.fifo',
    contentBasedDeduplication: true,
    deduplicationScope: 'messageGroup',
  });
  const known = { token: TOKEN, requestedBy: 'schedule', scheduledTime: '2026-11-21T00:00:00Z' };
  // SQS takes the SHA-256 of the body for an id; a tick's body holds an execution id of Scheduler's own.
  const tick = JSON.stringify({ ...known, executionId: 'd32c5kddcf5bb8c3' });
  for (const guess of [
    known,
    { ...known, executionId: '<aws.scheduler.execution-id>' },
    { ...known, executionId: '' },
  ]) {
    const body = JSON.stringify(guess);
    queue.send({ body: 'rubbish', groupId: TOKEN, deduplicationId: hash('sha256', body) });
  }
  queue.send({ body: tick, groupId: TOKEN });
  expect(queue.counts().all).toBe(4);
  queue.send({ body: tick, groupId: TOKEN });
  expect(queue.counts().all).toBe(4);
});

it('cannot keep a wake-up from being passed on by claiming its deduplication id', async () => {
  const stage = await openStageForTest();
  const dueAt = Date.now() - 1;
  const body = JSON.stringify({ token: TOKEN, requestedBy: 'wake-up', since: dueAt, dueAt });
  const group = wakeUpGroup(TOKEN, dueAt);
  stage.queue.send({ body, groupId: group });
  const record = sqsRecord(receiveOf(stage.queue, group), stage.queue.arn);
  stage.queue.send({ body: 'rubbish', groupId: TOKEN, deduplicationId: hash('sha256', body) });
  const pass = () => stage.handler({ Records: [record] });
  expect(await pass()).toEqual({ batchItemFailures: [] });
  expect(stage.queue.counts().all).toBe(3);
  // One that comes back was passed on before.
  await pass();
  expect(stage.queue.counts().all).toBe(3);
});

it('cannot have a refresh that is due left out by the times in a message', async () => {
  const { stage, calls } = await openCounted('login', 200);
  const late = Date.now() + 365 * 24 * 60 * MINUTE;
  await sendAll(stage, [
    ...[1, Number.MAX_SAFE_INTEGER, 2 ** 53, -1, 1e300].map((since) => ({
      body: request({ requestedBy: 'wake-up', since, rejectedVersion: 999 }),
    })),
    ...[1, late].map((since) => ({
      body: { token: TOKEN, requestedBy: 'wake-up', since, dueAt: late },
      group: wakeUpGroup(TOKEN, late),
    })),
  ]);
  expect(calls.length).toBeLessThanOrEqual(1);
  expect(stage.queue.counts().all).toBe(0);
  stage.makeOlder();
  expect((await stage.attempt({ requestedBy: 'schedule', since: 1 })).line.outcome).toBe('refreshed');
});
