import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { LIMITS } from '../../contract/times.ts';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  type Run,
  type SqsHandler,
} from '../../fakes/memory-aws/event-source-mapping.ts';
import { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';

const SECOND = 1000;
const START = Date.UTC(2026, 10, 21);

/** A clock that only moves when it is told to, with everything that waits for it. */
function virtualTime() {
  let now = START;
  let waiting: { at: number; callback: () => void }[] = [];
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    now: () => now,
    waiting: () => waiting.length,
    schedule: (delayMs: number, callback: () => void) => {
      const entry = { at: now + delayMs, callback };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    async pass(seconds: number) {
      const end = now + seconds * SECOND;
      for (;;) {
        await settle();
        const next = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        waiting = waiting.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.callback();
      }
      now = end;
      await settle();
    },
  };
}

function stage(handler: SqsHandler, options: Partial<EventSourceMappingOptions> = {}) {
  const time = virtualTime();
  const queue = new FifoQueue({
    name: 'requests.fifo',
    now: time.now,
    contentBasedDeduplication: true,
    visibilitySeconds: 60,
  });
  const runs: Run[] = [];
  const mapping = new EventSourceMapping({
    queue,
    handler,
    now: time.now,
    schedule: time.schedule,
    onRun: (run) => runs.push(run),
    ...options,
  });
  return { time, queue, mapping, runs, results: () => runs.map(({ result }) => result) };
}

const failed = (event: SQSEvent): SQSBatchResponse => ({
  batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});

it('hands the function a record as Lambda does', async () => {
  const events: SQSEvent[] = [];
  const { queue, mapping } = stage(async (event) => {
    events.push(event);
  });
  // printf '{"token":"payments-api"}' | sha256sum
  const sha256OfBody = '84915ca81844e774b4e2a0ef37a681c0ae91c51b3d2b41d0c45c4c01807eae61';
  const Reason = { DataType: 'String', StringValue: 'why' };
  const { messageId, sequenceNumber } = queue.send({
    body: '{"token":"payments-api"}',
    groupId: 'payments-api',
    attributes: { Reason },
  });
  await Promise.all(mapping.poll());
  expect(events).toEqual([
    {
      Records: [
        {
          messageId,
          receiptHandle: expect.any(String),
          body: '{"token":"payments-api"}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: String(START),
            SequenceNumber: sequenceNumber,
            MessageGroupId: 'payments-api',
            SenderId: expect.any(String),
            MessageDeduplicationId: sha256OfBody,
            ApproximateFirstReceiveTimestamp: String(START),
          },
          messageAttributes: {
            Reason: { stringValue: 'why', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          md5OfBody: expect.stringMatching(/^[\da-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:requests.fifo',
          awsRegion: 'us-east-1',
        },
      ],
    },
  ]);
});

it.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['no list', { batchItemFailures: null }],
  ['an empty list', { batchItemFailures: [] }],
])('deletes the message after a run that returns %s', async (_, response) => {
  const { queue, mapping, results } = stage(async () => response as undefined);
  queue.send({ body: 'one', groupId: 'a' });
  await Promise.all(mapping.poll());
  expect(results()).toEqual(['succeeded']);
  expect(queue.counts().all).toBe(0);
});

it.each([
  ['the message', failed],
  ['an unknown message', () => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] })],
  ['an empty identifier', () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
])('leaves the message to its visibility after a run that reports %s', async (_, respond) => {
  const { time, queue, mapping, results } = stage(async (event) => respond(event));
  queue.send({ body: 'one', groupId: 'a' });
  await Promise.all(mapping.poll());
  expect(results()).toEqual(['failed']);
  expect(queue.nextVisibleAt()).toBe(time.now() + 60 * SECOND);
});

it('leaves the message to its visibility after a run that throws', async () => {
  const { time, queue, mapping, runs } = stage(async () => {
    throw new Error('a defect');
  });
  queue.send({ body: 'one', groupId: 'a' });
  await Promise.all(mapping.poll());
  expect(runs).toMatchObject([{ result: 'crashed', error: new Error('a defect') }]);
  expect(queue.nextVisibleAt()).toBe(time.now() + 60 * SECOND);
});

it('delivers again when the visibility that the function chose has passed', async () => {
  const receives: number[] = [];
  const { time, queue, mapping } = stage(async (event) => {
    const [record] = event.Records;
    receives.push((time.now() - START) / SECOND);
    if (receives.length === 3) return undefined;
    queue.changeVisibility(record?.receiptHandle ?? '', 7);
    return failed(event);
  });
  mapping.start();
  queue.send({ body: 'one', groupId: 'a' });
  await time.pass(60);
  expect(receives).toEqual([0, 7, 14]);
  expect(queue.counts().all).toBe(0);
});

it('runs one message of a group at a time, and groups in parallel', async () => {
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const { time, queue, mapping } = stage(async ({ Records: [record] }) => {
    log.push(`begin ${record?.body}`);
    await new Promise<void>((resolve) => ends.push(resolve));
    log.push(`end ${record?.body}`);
  });
  mapping.start();
  queue.send({ body: 'a1', groupId: 'a' });
  queue.send({ body: 'a2', groupId: 'a' });
  queue.send({ body: 'b1', groupId: 'b' });
  await time.pass(1);
  expect(log).toEqual(['begin a1', 'begin b1']);
  ends[0]?.();
  await time.pass(1);
  expect(log).toEqual(['begin a1', 'begin b1', 'end a1', 'begin a2']);
});

it('runs no more at the same time than it may', async () => {
  let atOnce = 0;
  let most = 0;
  const { time, queue, mapping, results } = stage(
    async () => {
      most = Math.max(most, ++atOnce);
      await new Promise<void>((resolve) => time.schedule(1 * SECOND, resolve));
      atOnce--;
    },
    { maximumConcurrency: 2 },
  );
  mapping.start();
  for (const groupId of ['a', 'b', 'c', 'd', 'e']) queue.send({ body: groupId, groupId });
  await time.pass(10);
  expect(most).toBe(2);
  expect(results()).toHaveLength(5);
});

it('gives up a run at the time limit, and says how much of it is left', async () => {
  const contexts: Context[] = [];
  const { time, queue, mapping, runs } = stage((_, context) => {
    contexts.push(context);
    return new Promise<void>(() => {});
  });
  mapping.start();
  queue.send({ body: 'one', groupId: 'a' });
  await time.pass(LIMITS.functionTimeoutSeconds - 0.001);
  expect(runs).toEqual([]);
  expect(contexts[0]?.getRemainingTimeInMillis()).toBe(1);
  await time.pass(0.001);
  expect(runs).toMatchObject([{ result: 'crashed' }]);
  expect(String(runs[0]?.error)).toContain('timed out after 20.00 seconds');
});

it('delivers again what took longer than its visibility, however it ended', async () => {
  const { time, queue, mapping, results } = stage(
    () => new Promise<void>((resolve) => time.schedule(61 * SECOND, resolve)),
    { functionTimeoutSeconds: 900 },
  );
  queue.send({ body: 'one', groupId: 'a' });
  const polled = Promise.all(mapping.poll());
  await time.pass(61);
  await polled;
  expect(results()).toEqual(['succeeded']);
  expect(queue.nextVisibleAt()).toBe(time.now());
});

it('stops: waits for the runs under way, receives nothing more, leaves no timer', async () => {
  const { time, queue, mapping, results } = stage(
    () => new Promise<void>((resolve) => time.schedule(5 * SECOND, resolve)),
  );
  mapping.start();
  queue.send({ body: 'a1', groupId: 'a' });
  queue.send({ body: 'a2', groupId: 'a' });
  await time.pass(1);
  let stopped = false;
  const stopping = mapping.stop().then(() => {
    stopped = true;
  });
  await time.pass(3);
  expect(stopped).toBe(false);
  await time.pass(1);
  await stopping;
  expect(results()).toEqual(['succeeded']);
  expect(queue.counts()).toEqual({ all: 1, inFlight: 0 });
  expect(time.waiting()).toBe(0);
});
