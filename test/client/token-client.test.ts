import { beforeAll, beforeEach, expect, it } from 'vitest';
import { createTokenClient, type TokenClientOptions } from '../../client/index.ts';
import { QUEUE_URL } from './documentation.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const SECOND = 1000;
const START = Date.parse('2026-11-21T09:00:00Z');

let clock: VirtualClock;
/** When the parameter was read, in seconds from the beginning. */
let reads: number[];
let asked: number;

// The client loads it when it first asks for a refresh, in real time.
beforeAll(() => import('@aws-sdk/client-sqs'));

beforeEach(() => {
  clock = virtualClock();
  reads = [];
  asked = 0;
});

const ssm = {
  async send() {
    reads.push(Math.round((clock.time.now() - START) / SECOND));
    const LastModifiedDate = new Date(START);
    return { Parameter: { Value: 'token', Version: 1, LastModifiedDate }, $metadata: {} };
  },
};
const sqs = {
  async send() {
    asked++;
  },
};

const newClient = (options: Partial<TokenClientOptions> = {}) =>
  createTokenClient({
    environment: 'sandbox',
    token: 'payments-api',
    ssm,
    clock,
    ...options,
  } as TokenClientOptions);

async function settle(call: Promise<unknown>): Promise<{ result: unknown; afterSeconds: number }> {
  const startedAt = clock.time.now();
  let result: unknown;
  const end = (settled: unknown) => {
    result = settled;
  };
  call.then(end, end);
  while (result === undefined) {
    await clock.pass(100);
    await new Promise(setImmediate);
  }
  return { result, afterSeconds: Math.round((clock.time.now() - startedAt) / SECOND) };
}

it.each([
  { options: {}, at: [0, 48, 96] },
  { options: { maxAgeSeconds: 120 }, at: [0, 96, 192] },
])('reads again at 80 % of the maximum age: $options', async ({ options, at }) => {
  const { getToken } = newClient(options);
  for (let second = 0; second < 210; second++) {
    await settle(getToken());
    await clock.pass(SECOND - (clock.time.now() % SECOND));
  }
  expect(reads.slice(0, 3)).toEqual(at);
});

it.each([
  { given: {}, waitSeconds: 20, pollSeconds: 1 },
  { given: { pollSeconds: 3 }, waitSeconds: 20, pollSeconds: 3 },
  { given: { waitSeconds: 5 }, waitSeconds: 5, pollSeconds: 1 },
])(
  'after a 401 waits for a successor as long, and reads as often, as it is told: $given',
  async ({
    given: { waitSeconds: given, ...options },
    waitSeconds,
    pollSeconds,
  }: {
    given: { waitSeconds?: number; pollSeconds?: number };
    waitSeconds: number;
    pollSeconds: number;
  }) => {
    const refreshRequests = { queueUrl: QUEUE_URL, sqs, ...(given !== undefined && { waitSeconds: given }) };
    const { getToken } = newClient({ ...options, refreshRequests });
    await settle(getToken());
    await clock.pass(10 * SECOND);
    const { result, afterSeconds } = await settle(getToken({ rejected: 'token' }));
    expect(result).toMatchObject({ code: 'TokenRejected' });
    expect(afterSeconds).toBeGreaterThanOrEqual(waitSeconds);
    expect(afterSeconds).toBeLessThanOrEqual(waitSeconds + pollSeconds);
    expect(asked).toBe(1);
    const [first = 0, ...polls] = reads.slice(1);
    expect(first).toBe(10);
    // In whole seconds: the first comes 200 ms after the request.
    for (const [index, at] of polls.entries()) expect(at).toBe(first + index * pollSeconds);
    expect(polls.length).toBe(1 + Math.ceil((waitSeconds - 0.2) / pollSeconds));
  },
);

it('a signal ends the wait for a successor', async () => {
  const { getToken } = newClient({ refreshRequests: { queueUrl: QUEUE_URL, sqs } });
  await settle(getToken());
  const abort = new AbortController();
  const waiting = settle(getToken({ rejected: 'token', signal: abort.signal }));
  abort.abort();
  expect(await waiting).toMatchObject({ result: { name: 'AbortError' }, afterSeconds: 0 });
});
