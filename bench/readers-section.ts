import { mock } from 'node:test';
import { SECOND } from '../contract/times.ts';
import { type MemoryAws, startMemoryAws } from '../fakes/memory-aws/server.ts';
import { newReaders, PARAMETER, type Reader } from './readers.ts';
import type { Section } from './report.ts';

const READS = /^GetParameters?$/;
const COLD_READS = 1_000;
const ROUNDS = 7;
const THROTTLED_SECONDS = 120;

/** What it costs to read a token, beside what people use. */
export async function readersSection(): Promise<Section> {
  const aws = await startMemoryAws();
  storeToken(aws);
  const cold: number[] = [];
  for (const reader of newReaders(aws.endpoint)) cold.push(await coldCalls(reader, aws));
  const readers = newReaders(aws.endpoint);
  const cached = await cachedNanoseconds(readers);
  const [simplest = Number.NaN, ours = Number.NaN] = cached;
  const failures: number[] = [];
  for (const reader of newReaders(aws.endpoint)) failures.push(await failuresWhileThrottled(reader, aws));
  // Not closed: some of these readers go on in the background.
  return {
    title: 'Readers',
    text: 'A cached read, the calls that 1,000 reads at once cause with nothing cached, and how many of 120 reads fail in two minutes of throttling.',
    head: ['reader', 'cached read, ns', '× the simplest', 'calls for 1,000 reads', 'failed while throttled'],
    rows: readers.map(({ name }, index) => [
      name,
      String(Math.round(cached[index] ?? Number.NaN)),
      ((cached[index] ?? Number.NaN) / simplest).toFixed(2),
      String(cold[index]),
      String(failures[index]),
    ]),
    targets: [
      {
        what: 'cached read, beside the simplest single-flight cache',
        target: 1.2,
        seen: ours / simplest,
        unit: '×',
      },
    ],
  };
}

/** Calls of SSM that so many reads at once cause, with nothing cached. */
async function coldCalls(reader: Reader, aws: MemoryAws): Promise<number> {
  aws.requests.length = 0;
  const tokens = await Promise.all(Array.from({ length: COLD_READS }, () => reader.read()));
  if (tokens.some((token) => token !== 'the-token')) throw new Error(`${reader.name} read something else`);
  return aws.requests.filter(({ operation }) => READS.test(operation)).length;
}

/** Nanoseconds that a read takes with the token cached: of several rounds, in turn with the others, the best. */
async function cachedNanoseconds(readers: readonly Reader[]): Promise<readonly number[]> {
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
async function failuresWhileThrottled(reader: Reader, aws: MemoryAws): Promise<number> {
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

function storeToken(aws: MemoryAws): void {
  aws.parameters.putParameter({
    Name: PARAMETER,
    Value: 'the-token',
    Type: 'SecureString',
    Overwrite: true,
  });
}
