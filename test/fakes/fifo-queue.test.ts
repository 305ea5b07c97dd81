/** What the contract in aws-contract/ cannot show of a real queue: times to the millisecond, and turns. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../contract/times.ts';
import { FifoQueue, type FifoQueueOptions } from '../../fakes/memory-aws/fifo-queue.ts';

let now: number;
beforeEach(() => {
  now = Date.UTC(2026, 10, 21);
});

const createQueue = (options: Partial<FifoQueueOptions> = {}): FifoQueue =>
  new FifoQueue({
    name: 'requests.fifo',
    now: () => now,
    contentBasedDeduplication: true,
    visibilitySeconds: 60,
    ...options,
  });

const sendAll = (queue: FifoQueue, groupId: string, ...bodies: string[]): void => {
  for (const body of bodies) queue.send({ body, groupId });
};

const bodies = (queue: FifoQueue, maxMessages = 10): string[] =>
  queue.receive({ maxMessages }).map(({ body }) => body);

it('deduplicates for five minutes after the first send, to the millisecond', () => {
  const queue = createQueue();
  sendAll(queue, 'a', 'same', 'other');
  now += 5 * MINUTE - 1;
  sendAll(queue, 'a', 'same');
  expect(queue.counts().all).toBe(2);
  now += 1;
  sendAll(queue, 'a', 'same');
  expect(queue.counts().all).toBe(3);
});

it('deduplicates over the whole queue, unless its scope is the group', () => {
  const queue = createQueue();
  sendAll(queue, 'a', 'same');
  sendAll(queue, 'b', 'same');
  expect(bodies(queue)).toEqual(['same']);
});

describe('visibility', () => {
  it('ends to the millisecond', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'one');
    queue.receive();
    now += 60 * SECOND - 1;
    expect(queue.receive()).toEqual([]);
    now += 1;
    expect(queue.receive()).toMatchObject([{ body: 'one', receiveCount: 2 }]);
  });

  it('can be stretched to 12 hours from the receive, no further', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'one');
    const handle = queue.receive()[0]?.receiptHandle ?? '';
    now += 10 * SECOND;
    queue.changeVisibility(handle, 43_190);
    expect(() => queue.changeVisibility(handle, 43_191)).toThrow(/Total VisibilityTimeout/);
  });

  it('belongs to the newest receive, and cannot be changed once it has ended', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'one');
    const handle = queue.receive()[0]?.receiptHandle ?? '';
    now += 60 * SECOND;
    const notInFlight = expect.objectContaining({ name: 'MessageNotInflight' });
    expect(() => queue.changeVisibility(handle, 5)).toThrow(notInFlight);
    queue.receive();
    expect(() => queue.changeVisibility(handle, 0)).toThrow(/not available/);
    expect(() => queue.delete(handle)).toThrow(/expired/);
  });
});

describe('the messages of a group', () => {
  it('come in order of their sends, after a redelivery, too, up to the first in flight', () => {
    const queue = createQueue();
    sendAll(queue, 'a', '1', '2', '3');
    const [, second] = queue.receive({ maxMessages: 3 });
    queue.changeVisibility(second?.receiptHandle ?? '', 90);
    now += 60 * SECOND;
    expect(bodies(queue)).toEqual(['1']);
    now += 60 * SECOND;
    expect(bodies(queue)).toEqual(['1', '2', '3']);
  });

  it('wait for one in flight when those before it are deleted', () => {
    const queue = createQueue();
    sendAll(queue, 'a', '1', '2', '3');
    const [first, second] = queue.receive({ maxMessages: 2 });
    queue.delete(first?.receiptHandle ?? '');
    expect(bodies(queue)).toEqual([]);
    queue.delete(second?.receiptHandle ?? '');
    expect(bodies(queue)).toEqual(['3']);
  });
});

it('lets groups take turns', () => {
  const queue = createQueue();
  sendAll(queue, 'a', 'a1');
  sendAll(queue, 'b', 'b1');
  sendAll(queue, 'a', 'a2');
  expect([bodies(queue, 1), bodies(queue, 1), bodies(queue, 1)]).toEqual([['a1'], ['b1'], []]);
});

it('moves a message instead of receiving it once too often, and hands out the next', () => {
  const deadLetters = createQueue({ name: 'dead-letters.fifo' });
  const queue = createQueue({ redrive: { queue: deadLetters, maxReceiveCount: 2 } });
  sendAll(queue, 'a', 'bad', 'good');
  for (const receiveCount of [1, 2]) {
    const [message] = queue.receive();
    expect(message).toMatchObject({ body: 'bad', receiveCount });
    queue.changeVisibility(message?.receiptHandle ?? '', 0);
  }
  expect(bodies(queue)).toEqual(['good']);
  expect(bodies(deadLetters)).toEqual(['bad']);
});

it('says when there is something to receive: never, now, or when the first message comes back', () => {
  const queue = createQueue();
  expect(queue.nextVisibleAt()).toBeUndefined();
  sendAll(queue, 'a', 'a1', 'a2');
  sendAll(queue, 'b', 'b1');
  expect(queue.nextVisibleAt()).toBe(now);
  const [a] = queue.receive();
  const [b] = queue.receive();
  expect(queue.nextVisibleAt()).toBe(now + 60 * SECOND);
  queue.changeVisibility(a?.receiptHandle ?? '', 90);
  queue.changeVisibility(b?.receiptHandle ?? '', 10);
  expect(queue.nextVisibleAt()).toBe(now + 10 * SECOND);
  queue.delete(b?.receiptHandle ?? '');
  expect(queue.nextVisibleAt()).toBe(now + 90 * SECOND);
});

it.each([
  ['an empty body', { body: '' }, 'MissingParameter'],
  ['a group with a space', { groupId: 'payments api' }, 'InvalidParameterValue'],
  ['a deduplication id of 129 characters', { deduplicationId: 'x'.repeat(129) }, 'InvalidParameterValue'],
])('refuses %s', (_, message, name) => {
  const send = () => createQueue().send({ body: 'a', groupId: 'a', ...message });
  expect(send).toThrow(expect.objectContaining({ name }));
});
