import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { LIMITS, SECOND } from '../../contract/times.ts';
import {
  EventSourceMapping,
  type Run,
  type SqsHandler,
} from '../../fakes/memory-aws/event-source-mapping.ts';
import { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';
import { VirtualTime } from '../../simulate/virtual-time.ts';

const START = Date.UTC(2026, 10, 21);

function stage(handler: SqsHandler) {
  const time = new VirtualTime(START);
  const { now } = time;
  const queue = new FifoQueue({
    name: 'requests.fifo',
    now,
    contentBasedDeduplication: true,
    visibilitySeconds: 60,
  });
  const runs: Run[] = [];
  const schedule = (delayMs: number, callback: () => void) => time.after(delayMs, callback);
  const mapping = new EventSourceMapping({ queue, handler, now, schedule, onRun: (run) => runs.push(run) });
  mapping.start();
  const results = () => runs.map(({ result }) => result);
  return {
    time,
    queue,
    mapping,
    runs,
    results,
    pass: (seconds: number) => time.runUntil(now() + seconds * SECOND),
  };
}

const failed = (event: SQSEvent): SQSBatchResponse => ({
  batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});

it('hands the function a record as Lambda does', async () => {
  const events: SQSEvent[] = [];
  const { queue, pass } = stage(async (event) => {
    events.push(event);
  });
  // printf '{"token":"payments-api"}' | sha256sum
  const sha256OfBody = '84915ca81844e774b4e2a0ef37a681c0ae91c51b3d2b41d0c45c4c01807eae61';
  const { messageId, sequenceNumber } = queue.send({
    body: '{"token":"payments-api"}',
    groupId: 'payments-api',
    attributes: { Reason: { DataType: 'String', StringValue: 'why' } },
  });
  await pass(0);
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
  ['no list', { batchItemFailures: null }],
  ['an empty list', { batchItemFailures: [] }],
])('deletes the message after a run that returns %s', async (_, response) => {
  const { queue, results, pass } = stage(async () => response as undefined);
  queue.send({ body: 'one', groupId: 'a' });
  await pass(0);
  expect(results()).toEqual(['succeeded']);
  expect(queue.counts().all).toBe(0);
});

it.each<[string, SqsHandler, Run['result']]>([
  ['reports the message', async (event) => failed(event), 'failed'],
  ['reports another one', async () => ({ batchItemFailures: [{ itemIdentifier: '' }] }), 'failed'],
  ['throws', () => Promise.reject<SQSBatchResponse>(new Error('a defect')), 'crashed'],
])('leaves the message to its visibility after a run that %s', async (_, handler, result) => {
  const { time, queue, results, pass } = stage(handler);
  queue.send({ body: 'one', groupId: 'a' });
  await pass(0);
  expect(results()).toEqual([result]);
  expect(queue.nextVisibleAt()).toBe(time.now() + 60 * SECOND);
});

it('delivers again when the visibility that the function chose has passed', async () => {
  const receives: number[] = [];
  const { time, queue, pass } = stage(async (event) => {
    receives.push((time.now() - START) / SECOND);
    if (receives.length === 3) return { batchItemFailures: [] };
    queue.changeVisibility(event.Records[0]?.receiptHandle ?? '', 7);
    return failed(event);
  });
  queue.send({ body: 'one', groupId: 'a' });
  await pass(60);
  expect(receives).toEqual([0, 7, 14]);
  expect(queue.counts().all).toBe(0);
});

it('runs one message of a group at a time, and groups in parallel', async () => {
  const log: string[] = [];
  const { time, queue, pass } = stage(async ({ Records: [record] }) => {
    log.push(`begin ${record?.body}`);
    await time.sleep(record?.body === 'b1' ? 5 * SECOND : SECOND);
    log.push(`end ${record?.body}`);
  });
  for (const body of ['a1', 'a2', 'b1']) queue.send({ body, groupId: body.slice(0, 1) });
  await pass(1);
  expect(log).toEqual(['begin a1', 'begin b1', 'end a1', 'begin a2']);
});

it('gives up a run at the time limit, and says how much of it is left', async () => {
  const contexts: Context[] = [];
  const { queue, runs, pass } = stage((_, context) => {
    contexts.push(context);
    return new Promise<void>(() => {});
  });
  queue.send({ body: 'one', groupId: 'a' });
  await pass(LIMITS.functionTimeoutSeconds - 0.001);
  expect(runs).toEqual([]);
  expect(contexts[0]?.getRemainingTimeInMillis()).toBe(1);
  await pass(0.001);
  expect(runs).toMatchObject([{ result: 'crashed' }]);
  expect(String(runs[0]?.error)).toContain('timed out after 20.00 seconds');
});

it('stops: waits for the runs under way, and receives nothing more', async () => {
  const { time, queue, mapping, results, pass } = stage(() => time.sleep(5 * SECOND));
  for (const body of ['a1', 'a2']) queue.send({ body, groupId: 'a' });
  await pass(1);
  let stopped = false;
  void mapping.stop().then(() => {
    stopped = true;
  });
  await pass(3);
  expect(stopped).toBe(false);
  await pass(60);
  expect(stopped).toBe(true);
  expect(results()).toEqual(['succeeded']);
  expect(queue.counts()).toEqual({ all: 1, inFlight: 0 });
});
