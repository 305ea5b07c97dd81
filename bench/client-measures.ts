import { mock } from 'node:test';
import { SECOND } from '../contract/times.ts';
import type { MemoryAws } from '../fakes/memory-aws/server.ts';
import { PARAMETER, type Reader } from './client-readers.ts';

const READS = /^GetParameters?$/;
const COLD_READS = 1_000;
const ROUNDS = 7;
const THROTTLED_SECONDS = 120;

/** Calls of SSM that so many reads at once cause, with nothing cached. */
export async function coldCalls(reader: Reader, aws: MemoryAws): Promise<number> {
  aws.requests.length = 0;
  const tokens = await Promise.all(Array.from({ length: COLD_READS }, () => reader.read()));
  if (tokens.some((token) => token !== 'the-token')) throw new Error(`${reader.name} read something else`);
  return aws.requests.filter(({ operation }) => READS.test(operation)).length;
}

/** Nanoseconds that a read takes with the token cached: of several rounds, in turn with the others, the best. */
export async function cachedNanoseconds(readers: readonly Reader[]): Promise<readonly number[]> {
  const best = readers.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { read, timedReads }] of readers.entries()) {
      await read();
      const startedAt = process.hrtime.bigint();
      for (let count = 0; count < timedReads; count++) await read();
      const nanoseconds = Number(process.hrtime.bigint() - startedAt) / timedReads;
      best[index] = Math.min(best[index] ?? nanoseconds, nanoseconds);
    }
  }
  return best;
}

/** Of a read a second for two minutes of throttling, with a token cached that lives, how many failed. Moves the date. */
export async function failuresWhileThrottled(reader: Reader, aws: MemoryAws): Promise<number> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const relent = () => {
    aws.faults.clear();
    mock.timers.reset();
  };
  try {
    await reader.read();
    aws.faults.add({ operation: '*', fault: 'throttle', times: Number.POSITIVE_INFINITY });
    let failures = 0;
    for (let second = 0; second < THROTTLED_SECONDS; second++) {
      mock.timers.tick(SECOND);
      await reader.read().catch(() => failures++);
    }
    return failures;
  } finally {
    relent();
  }
}

export function storeToken(aws: MemoryAws): void {
  aws.parameters.putParameter({
    Name: PARAMETER,
    Value: 'the-token',
    Type: 'SecureString',
    Overwrite: true,
  });
}
