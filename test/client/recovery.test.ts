import { beforeEach, expect, it } from 'vitest';
import { TokenError } from '../../client/errors.ts';
import type { TokenEvent } from '../../client/events.ts';
import { Recovery, type RecoveryProps } from '../../client/recovery.ts';
import { TokenCache } from '../../client/token-cache.ts';
import { type FakeSource, fakeSource } from './fake-source.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const SECOND = 1000;

let clock: VirtualClock;
let source: FakeSource;
let cache: TokenCache;
let events: TokenEvent[];
let asked: number[];
/** What the refresher does when it is asked. */
let refresher: () => Promise<void>;

beforeEach(async () => {
  clock = virtualClock();
  source = fakeSource(clock);
  events = [];
  asked = [];
  refresher = async () => clock.time.at(clock.time.now() + 1500, () => source.write());
  source.write();
  cache = newCache();
  await settle(cache.get());
  await clock.pass(10 * SECOND);
});

const newCache = () =>
  new TokenCache({
    source,
    clock,
    emit: () => {},
    maxAgeSeconds: 60,
    pollSeconds: 1,
    readTimeoutSeconds: 5,
    renewAhead: true,
  });

const newRecovery = (props: Partial<RecoveryProps> = {}) =>
  new Recovery({
    cache,
    clock,
    emit: (event) => events.push(event),
    waitSeconds: 20,
    pollSeconds: 1,
    requests: {
      async send(version) {
        asked.push(version);
        await refresher();
      },
    },
    ...props,
  });

async function settle(call: Promise<unknown>): Promise<unknown> {
  let settled: { result: unknown } | undefined;
  const end = (result: unknown) => {
    settled = { result };
  };
  call.then(end, end);
  for (let waited = 0; settled === undefined && waited < 300 * SECOND; waited += 10) await clock.pass(10);
  return settled?.result;
}

const reads = () => source.readsAt.length;

it('finds a successor that is stored already with one read, and asks nobody', async () => {
  source.write();
  const calls = Array.from({ length: 1000 }, () => newRecoveryShared().successorOf('token-1'));
  expect(new Set((await settle(Promise.all(calls))) as string[])).toEqual(new Set(['token-2']));
  expect(reads()).toBe(2);
  expect(asked).toEqual([]);
});

let shared: Recovery | undefined;
beforeEach(() => {
  shared = undefined;
});
const newRecoveryShared = (): Recovery => {
  shared ??= newRecovery();
  return shared;
};

it('asks once for 1,000 callers, naming the rejected version, and polls soon and then once a second', async () => {
  const calls = Array.from({ length: 1000 }, () => newRecoveryShared().successorOf('token-1'));
  expect(new Set((await settle(Promise.all(calls))) as string[])).toEqual(new Set(['token-2']));
  expect(asked).toEqual([1]);
  const [, ...polls] = source.readsAt.slice(1).map((at, i) => at - (source.readsAt[i] ?? 0));
  expect(polls).toEqual([220, SECOND, SECOND]);
  expect(events.map(({ type }) => type)).toEqual(['rejected', 'refresh-requested', 'recovered']);
});

it('asks without a read for the successor of a token that was just read', async () => {
  await settle(cache.reread());
  const before = reads();
  refresher = async () => source.write();
  const startedAt = clock.time.now();
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-2');
  expect(clock.time.now() - startedAt).toBeLessThanOrEqual(500 + 40);
  expect(asked).toEqual([1]);
  expect(reads()).toBe(before + 1);
});

it('polls at a time of its own while reads fail', async () => {
  await settle(cache.reread());
  refresher = async () => {
    source.failure = new TokenError('ParameterUnavailable', 'throttled');
  };
  clock.random = () => 0.75;
  const before = reads();
  await settle(newRecovery().successorOf('token-1'));
  const [, ...polls] = source.readsAt.slice(before).map((at, i, all) => at - (all[i - 1] ?? 0));
  expect(new Set(polls)).toEqual(new Set([1.25 * SECOND]));
});

it('a request that cannot be sent ends nothing if there is a newer token', async () => {
  refresher = async () => {
    source.write();
    throw new TokenError('AccessDenied', 'denied', { permission: 'sqs:SendMessage' });
  };
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-2');
});

it('hands out what has replaced the rejected token meanwhile, without a read', async () => {
  source.write();
  await settle(cache.reread());
  const before = reads();
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-2');
  expect(reads()).toBe(before);
});

it('without leave to ask reads once, and says what is missing', async () => {
  const before = reads();
  const error = await settle(newRecovery({ requests: undefined }).successorOf('token-1'));
  expect(error).toMatchObject({
    code: 'TokenRejected',
    message: expect.stringContaining('may not be asked'),
  });
  expect(reads()).toBe(before + 1);
});

it('gives up after the time given, and for a minute neither asks nor waits again for that version', async () => {
  refresher = async () => {};
  const recovery = newRecovery();
  const startedAt = clock.time.now();
  expect(await settle(recovery.successorOf('token-1'))).toMatchObject({ code: 'TokenRejected' });
  expect(clock.time.now() - startedAt).toBeLessThanOrEqual(22 * SECOND);
  expect(events.at(-1)).toMatchObject({ type: 'not-recovered', rejectedVersion: 1 });

  const again = clock.time.now();
  expect(await settle(recovery.successorOf('token-1'))).toMatchObject({
    message: expect.stringContaining('in vain'),
  });
  expect(clock.time.now() - again).toBeLessThanOrEqual(2 * SECOND);
  expect(asked).toEqual([1]);

  await clock.pass(60 * SECOND);
  await settle(recovery.successorOf('token-1'));
  expect(asked).toEqual([1, 1]);
});

it.each([
  { what: 'a clock that is set forward', jump: () => (clock.wallOffsetMs += 3_600_000) },
  { what: 'a clock that is set back', jump: () => (clock.wallOffsetMs -= 3_600_000) },
])('$what does not end the wait', async ({ jump }) => {
  const search = newRecovery().successorOf('token-1');
  await clock.pass(300);
  jump();
  expect(await settle(search)).toBe('token-2');
});

it('having given up on one version asks for the next at once', async () => {
  refresher = async () => {};
  const recovery = newRecovery();
  await settle(recovery.successorOf('token-1'));
  source.write();
  await settle(cache.reread());
  await settle(recovery.successorOf('token-2'));
  expect(asked).toEqual([1, 2]);
});

it('takes another value of the same version: the parameter was deleted and created again', async () => {
  source.write({ version: 1, value: 'created-again' });
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('created-again');
  expect(asked).toEqual([]);
});

it('asks for the successor of a token that is newer than the one at hand', async () => {
  source.write();
  await clock.pass(60 * SECOND);
  expect(await settle(newRecovery().successorOf('token-2'))).toBe('token-3');
  expect(asked).toEqual([2]);
});

it('does not wait for the search for an older one', async () => {
  const recovery = newRecovery();
  refresher = () => new Promise(() => {});
  const older = recovery.successorOf('token-1').catch((error: unknown) => error);
  await clock.pass(100);
  source.write();
  await settle(cache.reread());
  refresher = async () => source.write();
  expect(await settle(recovery.successorOf('token-2'))).toBe('token-3');
  // Nobody was asked in time, but there is a newer one.
  expect(await settle(older)).toBe('token-3');
});

it('an equal token written again is no successor: asks for one, naming the version that it has now', async () => {
  source.write({ value: 'token-1' });
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-3');
  expect(asked).toEqual([2]);
});

it('an equal token written during the wait does not end it, nor the pause after it', async () => {
  refresher = async () => source.write({ value: 'token-1' });
  const recovery = newRecovery();
  expect(await settle(recovery.successorOf('token-1'))).toMatchObject({ code: 'TokenRejected' });
  expect(await settle(recovery.successorOf('token-1'))).toMatchObject({
    message: expect.stringContaining('in vain'),
  });
  expect(asked).toEqual([1]);
});

it('searches for the successor of each value of one version', async () => {
  refresher = async () => {};
  const recovery = newRecovery();
  await settle(recovery.successorOf('token-1'));
  source.write({ version: 1, value: 'created-again' });
  await settle(cache.reread());
  refresher = async () => source.write();
  expect(await settle(recovery.successorOf('created-again'))).toBe('token-2');
  expect(asked).toEqual([1, 1]);
});

it('with nothing read yet, asks for the successor of what is stored, and of nothing else', async () => {
  cache = newCache();
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-2');
  expect(asked).toEqual([1]);
  cache = newCache();
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-2');
  expect(asked).toEqual([1]);
});

it('asks for the next version at once, however lately it asked for the one before', async () => {
  const recovery = newRecovery();
  await settle(recovery.successorOf('token-1'));
  await settle(recovery.successorOf('token-2'));
  expect(asked).toEqual([1, 2]);
});

it('asks although SSM fails, and goes on polling', async () => {
  source.failure = new TokenError('ParameterUnavailable', 'throttled');
  clock.time.at(clock.time.now() + 5 * SECOND, () => {
    source.failure = undefined;
  });
  expect(await settle(newRecovery().successorOf('token-1'))).toBe('token-2');
  expect(asked).toEqual([1]);
});

it('without leave to ask tells why SSM could not be read', async () => {
  source.failure = new TokenError('ParameterUnavailable', 'throttled');
  expect(await settle(newRecovery({ requests: undefined }).successorOf('token-1'))).toBe(source.failure);
});

it('passes on that the refresher could not be asked', async () => {
  refresher = async () => {
    throw new TokenError('AccessDenied', 'denied', { permission: 'sqs:SendMessage' });
  };
  expect(await settle(newRecovery().successorOf('token-1'))).toMatchObject({ permission: 'sqs:SendMessage' });
});

it('does not wait for ever for the queue', async () => {
  refresher = () => new Promise(() => {});
  expect(await settle(newRecovery().successorOf('token-1'))).toMatchObject({ code: 'RefreshRequestFailed' });
});

it('lets a caller go when its signal is aborted; the others get the successor', async () => {
  const recovery = newRecovery();
  const leaving = new AbortController();
  const left = recovery.successorOf('token-1', leaving.signal).catch((error: unknown) => error);
  const stays = recovery.successorOf('token-1');
  await clock.pass(500);
  leaving.abort(new Error('left'));
  expect(await left).toMatchObject({ message: 'left' });
  expect(await settle(stays)).toBe('token-2');
});

it('stops when the last caller has left: no read, no request', async () => {
  refresher = async () => {};
  const leaving = new AbortController();
  const left = newRecovery()
    .successorOf('token-1', leaving.signal)
    .catch((error: unknown) => error);
  await clock.pass(1500);
  leaving.abort(new Error('left'));
  await left;
  const before = reads();
  await clock.pass(30 * SECOND);
  expect(reads()).toBe(before);
});

it('leaves callers alone that saw no 401', async () => {
  refresher = async () => {};
  const search = settle(newRecovery().successorOf('token-1'));
  expect(await cache.get()).toBe('token-1');
  await search;
});
