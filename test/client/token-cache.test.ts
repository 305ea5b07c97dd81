import { beforeEach, describe, expect, it } from 'vitest';
import { TokenError } from '../../client/errors.ts';
import type { TokenEvent } from '../../client/events.ts';
import { TokenCache, type TokenCacheProps } from '../../client/token-cache.ts';
import { type FakeSource, fakeSource } from './fake-source.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LIFETIME = 30 * MINUTE;
/** Its life may have begun 15 seconds before it was written. */
const DOUBT_FROM = LIFETIME - 15 * SECOND;
const THROTTLED = new TokenError('ParameterUnavailable', 'throttled');

let clock: VirtualClock;
let source: FakeSource;
let events: TokenEvent[];
let cache: TokenCache;

beforeEach(() => {
  clock = virtualClock();
  source = fakeSource(clock);
  source.write();
  events = [];
  cache = newCache();
});

const newCache = (props: Partial<TokenCacheProps> = {}) =>
  new TokenCache({
    source,
    clock,
    emit: (event) => events.push(event),
    maxAgeSeconds: 60,
    pollSeconds: 1,
    readTimeoutSeconds: 5,
    renewAhead: true,
    ...props,
  });

interface Settled {
  readonly token?: string;
  readonly error?: unknown;
  /** After that many milliseconds. */
  readonly after: number;
}

/** Lets time pass until the call has settled, or 20 s. */
async function settle(call: Promise<string | { value: string }>): Promise<Settled> {
  const startedAt = clock.time.now();
  let settled: Settled | undefined;
  const after = () => clock.time.now() - startedAt;
  call.then(
    (token) => {
      settled = { token: typeof token === 'string' ? token : token.value, after: after() };
    },
    (error: unknown) => {
      settled = { error, after: after() };
    },
  );
  for (let step = 0; settled === undefined && after() < 20 * SECOND; step = 1) await clock.pass(step);
  if (settled === undefined) throw new Error('the call did not settle within 20 s');
  return settled;
}

const get = (signal?: AbortSignal) => settle(cache.get(signal));

describe('without a token', () => {
  it('reads once for 1,000 parallel callers', async () => {
    const calls = Array.from({ length: 1000 }, () => cache.get());
    await clock.pass(20);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['token-1']));
    expect(source.readsAt).toEqual([0]);
  });

  it('tells all callers of a failure, and forgets it at once', async () => {
    source.failure = THROTTLED;
    const calls = Promise.allSettled([cache.get(), cache.get()]);
    await clock.pass(20);
    expect(await calls).toMatchObject([{ reason: THROTTLED }, { reason: THROTTLED }]);
    source.failure = undefined;
    expect(await get()).toEqual({ token: 'token-1', after: 20 });
    expect(source.readsAt).toEqual([0, 20]);
  });

  it('gives up a read that takes longer than the time limit, and aborts it', async () => {
    source.hangs = true;
    const { error, after } = await get();
    expect(error).toMatchObject({ code: 'ParameterUnavailable', retryable: true });
    expect(after).toBe(5 * SECOND);
    expect(source.aborted).toBe(1);
  });

  it('aborts the read when the last caller has left, and not before', async () => {
    source.hangs = true;
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = Promise.allSettled([cache.get(first.signal), cache.get(second.signal)]);
    first.abort(new Error('first'));
    await clock.pass(0);
    expect(source.aborted).toBe(0);
    second.abort(new Error('second'));
    await clock.pass(0);
    expect(source.aborted).toBe(1);
    expect(await calls).toMatchObject([{ reason: { message: 'first' } }, { reason: { message: 'second' } }]);
    source.hangs = false;
    expect(await get()).toMatchObject({ token: 'token-1' });
  });

  it('does not read for a caller whose signal is aborted already', async () => {
    expect(await get(AbortSignal.abort(new Error('before')))).toMatchObject({ error: { message: 'before' } });
    expect(source.readsAt).toEqual([]);
  });

  it('refuses a token that has expired already', async () => {
    await clock.pass(LIFETIME);
    expect((await get()).error).toMatchObject({
      code: 'TokenExpired',
      message: expect.stringContaining('version 1'),
    });
  });
});

describe('with a token', () => {
  beforeEach(async () => {
    await get();
  });

  it('does not read before 80 % of the maximum age, even with a signal', async () => {
    await clock.pass(48 * SECOND - 1 - 20);
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    expect(await get(new AbortController().signal)).toEqual({ token: 'token-1', after: 0 });
    expect(source.readsAt).toEqual([0]);
  });

  it('reads in the background between there and the maximum age, once for all', async () => {
    source.write();
    await clock.pass(48 * SECOND - 20);
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    await clock.pass(20);
    expect(await get()).toEqual({ token: 'token-2', after: 0 });
    expect(source.readsAt).toEqual([0, 48 * SECOND]);
  });

  it('waits for a read past the maximum age', async () => {
    source.write();
    await clock.pass(60 * SECOND);
    expect(await get()).toEqual({ token: 'token-2', after: 20 });
  });

  it('waits with those who wait already', async () => {
    source.write();
    await clock.pass(60 * SECOND);
    const first = cache.get();
    await clock.pass(10);
    expect(await get()).toEqual({ token: 'token-2', after: 10 });
    expect(await first).toBe('token-2');
  });

  it('does not hand out a token that has expired during the read', async () => {
    await clock.pass(LIFETIME - 20 - 10);
    expect((await get()).error).toMatchObject({ code: 'TokenExpired' });
  });

  it('spreads the reads of many processes over 80 to 95 % of the maximum age', async () => {
    clock.random = () => 1 - Number.EPSILON;
    await clock.pass(HOUR / 2);
    source.write();
    await get();
    await clock.pass(57 * SECOND - 20 - 1);
    await get();
    expect(source.readsAt).toHaveLength(2);
    await clock.pass(1);
    await get();
    expect(source.readsAt).toHaveLength(3);
  });

  it('reads again when it may have expired, though that is before the maximum age', async () => {
    await clock.pass(DOUBT_FROM - 12 * SECOND - 20);
    await get();
    const before = source.readsAt.length;
    source.write();
    await clock.pass(12 * SECOND - 21);
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    expect(source.readsAt).toHaveLength(before);
    await clock.pass(1);
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    await clock.pass(20);
    expect(await get()).toEqual({ token: 'token-2', after: 0 });
  });

  it('reads again at its expiry, though that is before the maximum age', async () => {
    await clock.pass(LIFETIME - 9 * SECOND - 20);
    await get();
    source.write();
    await clock.pass(9 * SECOND - 21);
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    await clock.pass(1);
    expect(await get()).toEqual({ token: 'token-2', after: 20 });
  });

  it('never leaves a read in the background where that is off', async () => {
    cache = newCache({ renewAhead: false });
    await get();
    source.write();
    await clock.pass(48 * SECOND);
    expect(await get()).toEqual({ token: 'token-2', after: 20 });
    source.hangs = true;
    await clock.pass(48 * SECOND);
    expect(await get()).toEqual({ token: 'token-2', after: 2 * SECOND });
    expect(source.aborted).toBeGreaterThan(0);
  });

  it('keeps the newer token when an older version is read', async () => {
    source.stale = source.current();
    const stale = source.current();
    source.stale = undefined;
    source.write();
    await clock.pass(MINUTE);
    expect(await get()).toMatchObject({ token: 'token-2' });
    source.stale = stale;
    await clock.pass(MINUTE);
    expect(await get()).toMatchObject({ token: 'token-2' });
    expect(cache.held?.version).toBe(2);
  });

  it('takes a parameter that was deleted and created again, though its versions begin anew', async () => {
    source.write();
    await clock.pass(MINUTE);
    await get();
    source.write({ version: 1, value: 'created-again' });
    await clock.pass(MINUTE);
    expect(await get()).toMatchObject({ token: 'created-again' });
    expect(events.at(-1)).toMatchObject({ outcome: 'new' });
  });

  it('takes an equal token that was written again for unchanged, but counts its life anew', async () => {
    await clock.pass(25 * MINUTE);
    source.write({ value: 'token-1' });
    await get();
    expect(events.at(-1)).toMatchObject({ outcome: 'unchanged', version: 2 });
    await clock.pass(29 * MINUTE);
    expect(await get()).toMatchObject({ token: 'token-1' });
  });

  it('tells of each read: new, unchanged, failed', async () => {
    await clock.pass(MINUTE);
    await get();
    source.failure = THROTTLED;
    await clock.pass(MINUTE);
    await get();
    expect(events).toEqual([
      { type: 'read', outcome: 'new', durationMs: 20, version: 1, ageMs: 0 },
      { type: 'read', outcome: 'unchanged', durationMs: 20, version: 1, ageMs: expect.any(Number) },
      { type: 'read', outcome: 'failed', durationMs: 20, code: 'ParameterUnavailable', tokenAtHand: true },
    ]);
  });
});

describe('while SSM fails and the token lives', () => {
  beforeEach(async () => {
    await get();
    await clock.pass(MINUTE);
  });

  it.each([
    { what: 'throttles', set: () => (source.failure = THROTTLED) },
    { what: 'denies', set: () => (source.failure = new TokenError('AccessDenied', 'denied')) },
    { what: 'hangs', set: () => (source.hangs = true) },
  ])('no call fails in two minutes in which it $what, and few wait', async ({ set }) => {
    set();
    const waits: number[] = [];
    for (let call = 0; call < 1200; call++) {
      const { token, after } = await get();
      expect(token).toBe('token-1');
      waits.push(after);
      await clock.pass(100);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * SECOND);
    expect(waits.filter((wait) => wait > 0).length).toBeLessThanOrEqual(1);
    expect(source.readsAt.length).toBeLessThanOrEqual(2 + 120 / 5 + 1);
  });

  it.each([
    { pollSeconds: 1, calls: 120 / 5 + 1 },
    { pollSeconds: 20, calls: 120 / 20 + 1 },
    { pollSeconds: 60, calls: 120 / 60 + 1 },
  ])(
    'where nothing may go on in the background, a call waits 2 s now and then, and the read has ended: $pollSeconds s apart',
    async ({ pollSeconds, calls }) => {
      cache = newCache({ renewAhead: false, pollSeconds });
      await get();
      await clock.pass(MINUTE);
      source.hangs = true;
      const startedAt = clock.time.now();
      const waits: number[] = [];
      while (clock.time.now() - startedAt < 2 * MINUTE) {
        const { token, after } = await get();
        expect(token).toBe('token-1');
        waits.push(after);
        await clock.pass(100);
      }
      expect(new Set(waits)).toEqual(new Set([0, 2 * SECOND]));
      expect(waits.filter((wait) => wait > 0).length).toBeLessThanOrEqual(calls);
      expect(source.aborted).toBe(source.readsAt.length);
    },
  );

  it('fails once the token has expired, and reads no more than once a second then', async () => {
    source.failure = THROTTLED;
    await clock.pass(LIFETIME);
    const before = source.readsAt.length;
    const startedAt = clock.time.now();
    while (clock.time.now() - startedAt < 10 * SECOND) {
      expect((await get()).error).toBe(THROTTLED);
    }
    const reads = source.readsAt.slice(before);
    expect(reads.length).toBeGreaterThanOrEqual(10);
    expect(gaps(reads).every((gap) => gap >= SECOND)).toBe(true);
  });
});

describe('a token that may have expired', () => {
  const startAgain = async (props?: Partial<TokenCacheProps>) => {
    source.write({ doubtFromMs: 0 });
    cache = newCache(props);
    await get();
    source.readsAt.length = 0;
  };
  /** Calls ten times a second for so long, and tells what callers waited for. */
  const callFor = async (ms: number) => {
    const waits = new Set<number>();
    for (const end = clock.time.now() + ms; clock.time.now() < end; await clock.pass(100)) {
      const { token, after } = await get();
      expect(token).toBe(source.current()?.value);
      waits.add(after);
    }
    return waits;
  };

  it('is handed out, and read again in the background every 10 s', async () => {
    await startAgain();
    expect(await callFor(MINUTE)).toEqual(new Set([0]));
    expect(source.readsAt).toHaveLength(5);
    expect(gaps(source.readsAt).every((gap) => gap >= 10 * SECOND)).toBe(true);
  });

  it.each([
    { what: 'failed', pollSeconds: 1, reads: 6, set: () => (source.failure = THROTTLED) },
    { what: 'took too long', pollSeconds: 1, reads: 6, set: () => (source.hangs = true) },
    {
      what: 'failed, and reads are to be 20 s apart',
      pollSeconds: 20,
      reads: 3,
      set: () => (source.failure = THROTTLED),
    },
  ])('is so too if the last read $what', async ({ pollSeconds, reads, set }) => {
    await startAgain({ pollSeconds });
    set();
    expect(await callFor(MINUTE)).toEqual(new Set([0]));
    expect(source.readsAt.length).toBeLessThanOrEqual(reads);
    expect(source.readsAt.length).toBeGreaterThanOrEqual(reads - 1);
  });

  it.each([
    { what: 'answers', wait: 20, set: () => {} },
    { what: 'fails', wait: 20, set: () => (source.failure = THROTTLED) },
    { what: 'hangs', wait: 2 * SECOND, set: () => (source.hangs = true) },
  ])(
    'where nothing may go on in the background a call waits for that read, and gets the token though SSM $what',
    async ({ wait, set }) => {
      await startAgain({ renewAhead: false });
      set();
      expect(await callFor(MINUTE)).toEqual(new Set([0, wait]));
      expect(source.readsAt).toHaveLength(5);
      expect(gaps(source.readsAt).every((gap) => gap >= 10 * SECOND)).toBe(true);
    },
  );

  it('is read again no less often than the maximum age says', async () => {
    await startAgain({ maxAgeSeconds: 5 });
    await callFor(MINUTE);
    expect(source.readsAt.length).toBeGreaterThanOrEqual(12);
  });
});

describe('past the expiry', () => {
  beforeEach(async () => {
    await get();
    await clock.pass(LIFETIME);
  });

  it('hands out no token from that moment on', async () => {
    expect((await get()).error).toMatchObject({ code: 'TokenExpired', retryable: true });
  });

  it('hands out a new token at most a second and a read after it was stored', async () => {
    await get();
    source.write();
    expect(await get()).toEqual({ token: 'token-2', after: SECOND });
  });

  it('reads once a second for any number of callers', async () => {
    const calls: Promise<unknown>[] = [];
    for (let millisecond = 0; millisecond < 5 * SECOND; millisecond += 5) {
      calls.push(cache.get().catch(() => {}));
      await clock.pass(5);
    }
    await clock.pass(SECOND);
    await Promise.all(calls);
    const reads = source.readsAt.slice(1);
    expect(reads.length).toBeGreaterThanOrEqual(5);
    expect(gaps(reads).every((gap) => gap >= SECOND)).toBe(true);
  });
});

describe('a clock that jumps', () => {
  beforeEach(async () => {
    await get();
  });

  it('set back an hour: the token still expires in time', async () => {
    clock.wallOffsetMs = -HOUR;
    await clock.pass(LIFETIME - 100);
    source.failure = THROTTLED;
    expect(await get()).toMatchObject({ token: 'token-1' });
    await clock.pass(SECOND);
    expect((await get()).error).toBe(THROTTLED);
  });

  it('set forward an hour: one read, and the same token goes on', async () => {
    clock.wallOffsetMs = HOUR;
    expect(await get()).toEqual({ token: 'token-1', after: 20 });
    expect(await get()).toEqual({ token: 'token-1', after: 0 });
    expect(source.readsAt).toHaveLength(2);
  });

  it('a machine that slept: the token has expired, though the monotonic clock stood still', async () => {
    await clock.pass(HOUR);
    clock.sleptMs = HOUR;
    source.write();
    expect(await get()).toMatchObject({ token: 'token-2' });
  });
});

it('takes an answer that came while the process was too busy to read it', async () => {
  source.latencyMs = 5_100;
  const call = cache.get();
  await clock.pass(SECOND);
  // The timer that would end the read fires late, before the answer is read.
  clock.wallOffsetMs = MINUTE;
  expect(await settle(call)).toMatchObject({ token: 'token-1' });
});

it('does not wait for a read that was frozen with its process', async () => {
  source.hangs = true;
  const frozen = cache.get();
  const outcome = frozen.catch((error: unknown) => error);
  await clock.pass(SECOND);
  // The process stands still for ten minutes: the timer that would end the read has not fired yet.
  clock.wallOffsetMs = 10 * MINUTE;
  source.hangs = false;
  expect(await get()).toMatchObject({ token: 'token-1', after: 20 });
  await clock.pass(5 * SECOND);
  expect(await outcome).toMatchObject({ code: 'ParameterUnavailable' });
  // The failure of a read that another has overtaken is no reason to go on with what is at hand.
  source.write();
  await clock.pass(MINUTE);
  expect(await get()).toEqual({ token: 'token-2', after: 20 });
});

it('a clock that is set during a read costs nobody the answer', async () => {
  const calls = Array.from({ length: 1000 }, () => cache.get());
  await clock.pass(10);
  clock.wallOffsetMs = HOUR;
  expect(await get()).toEqual({ token: 'token-1', after: 20 });
  expect(source.readsAt).toEqual([0, 10]);
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['token-1']));
});

const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, i) => time - (times[i] ?? 0));
