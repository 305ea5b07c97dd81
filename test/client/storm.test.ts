import { expect, it } from 'vitest';
import { TokenError } from '../../client/errors.ts';
import { Recovery } from '../../client/recovery.ts';
import { TokenCache } from '../../client/token-cache.ts';
import type { Clock } from '../../contract/clock.ts';
import { seededRandom } from '../../simulate/random.ts';
import { fakeSource } from './fake-source.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/**
 * Parameter Store's default, for all readers of an account and Region.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
const READS_PER_SECOND = 40;

const LATENCY_MS = 20;

/** Many processes that read one parameter and meet a 401 at once; answers when each had the new token, after it was stored. */
async function storm(processes: number, seed: number) {
  const clock = virtualClock();
  const source = fakeSource(clock);
  source.write();
  const random = seededRandom(seed);
  let tokens = READS_PER_SECOND;
  let throttled = 0;
  let filledAt = clock.time.now();
  const isThrottled = () => {
    const now = clock.time.now();
    tokens = Math.min(READS_PER_SECOND, tokens + ((now - filledAt) / 1000) * READS_PER_SECOND);
    filledAt = now;
    if (tokens >= 1) tokens--;
    else return true;
    return false;
  };
  // As an SDK client of ours does it: three tries, with pauses at random up to half a second and a second.
  const limited = {
    read: async (signal: AbortSignal) => {
      for (const longestPauseMs of [500, 1_000, undefined]) {
        if (!isThrottled()) return source.read(signal);
        throttled++;
        await clock.sleep(LATENCY_MS + (longestPauseMs ?? 0) * random(), signal);
      }
      throw new TokenError('ParameterUnavailable', 'throttled');
    },
  };
  let asked = 0;
  let storedAt = 0;
  const requests = {
    send: async () => {
      await clock.sleep(LATENCY_MS);
      if (asked++ > 0) return;
      clock.time.at(clock.time.now() + 300, () => {
        source.write();
        storedAt = clock.time.now();
      });
    },
  };
  const recoveries = Array.from({ length: processes }, () =>
    newProcess({ clock, random, source: limited, requests }),
  );
  // Started one by one, as processes are.
  for (const { cache } of recoveries) {
    void cache.get();
    await clock.pass(100);
  }
  await clock.pass(10_000);
  const tookMs: number[] = [];
  const all = Promise.all(
    recoveries.map(async ({ recovery }) => {
      const token = await recovery.successorOf('token-1');
      expect(token).toBe('token-2');
      tookMs.push(clock.time.now() - storedAt);
    }),
  );
  let isOver = false;
  void all.then(() => {
    isOver = true;
  });
  for (let waited = 0; !isOver && waited < 60_000; waited += 50) await clock.pass(50);
  await all;
  return { slowestMs: Math.max(...tookMs), throttled };
}

function newProcess({
  clock: shared,
  random,
  source,
  requests,
}: {
  clock: VirtualClock;
  random: () => number;
  source: ConstructorParameters<typeof TokenCache>[0]['source'];
  requests: { send(version: number, signal: AbortSignal): Promise<void> };
}) {
  const clock: Clock = { ...shared, random };
  const emit = () => {};
  const times = { maxAgeSeconds: 600, pollSeconds: 1, readTimeoutSeconds: 5, waitSeconds: 20 };
  const cache = new TokenCache({ ...times, source, clock, emit, renewAhead: false });
  return { cache, recovery: new Recovery({ ...times, cache, clock, emit, requests }) };
}

it.each([1, 2, 3])(
  '200 processes that meet a 401 at once have the new token within 6 s of its being stored (%i)',
  async (seed) => {
    const { slowestMs, throttled } = await storm(200, seed);
    expect(slowestMs).toBeLessThanOrEqual(6_000);
    expect(throttled).toBeGreaterThan(0);
  },
);
