import { beforeEach, describe, expect, it } from 'vitest';
import { FifoQueue, type FifoQueueOptions } from '../../fakes/memory-aws/fifo-queue.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

let now: number;
beforeEach(() => {
  now = Date.UTC(2026, 10, 21);
});

const createQueue = (options: Partial<FifoQueueOptions> = {}): FifoQueue =>
  new FifoQueue({ name: 'requests.fifo', now: () => now, contentBasedDeduplication: true, ...options });

const sendAll = (queue: FifoQueue, groupId: string, ...bodies: string[]): void => {
  for (const body of bodies) queue.send({ body, groupId });
};

const bodies = (queue: FifoQueue, maxMessages = 10): string[] =>
  queue.receive({ maxMessages }).map(({ body }) => body);

describe('deduplication', () => {
  it('ends five minutes after the send, to the millisecond', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'same');
    now += 5 * MINUTE - 1;
    sendAll(queue, 'a', 'same');
    expect(queue.counts().all).toBe(1);
    now += 1;
    sendAll(queue, 'a', 'same');
    expect(queue.counts().all).toBe(2);
  });

  it('counts from the first send: a duplicate does not prolong it', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'same');
    now += 4 * MINUTE;
    sendAll(queue, 'a', 'same');
    now += 1 * MINUTE;
    sendAll(queue, 'a', 'same');
    expect(queue.counts().all).toBe(2);
  });

  it('remembers across many sends', () => {
    const queue = createQueue();
    for (let minute = 0; minute < 20; minute++) {
      sendAll(queue, 'a', `${minute}`);
      if (minute >= 4) sendAll(queue, 'a', `${minute - 4}`);
      now += MINUTE;
    }
    expect(queue.counts().all).toBe(20);
  });

  it('is for the whole queue, or with the scope messageGroup for each group by itself', () => {
    const whole = createQueue();
    sendAll(whole, 'a', 'same');
    sendAll(whole, 'b', 'same');
    expect(bodies(whole)).toEqual(['same']);
    const queue = createQueue({ deduplicationScope: 'messageGroup' });
    sendAll(queue, 'a', 'same', 'same');
    sendAll(queue, 'b', 'same');
    expect(bodies(queue)).toEqual(['same', 'same']);
  });
});

describe('visibility', () => {
  it('ends to the millisecond', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', 'one');
    queue.receive();
    now += 60 * SECOND - 1;
    expect(queue.receive()).toEqual([]);
    now += 1;
    expect(queue.receive()).toMatchObject([{ body: 'one', receiveCount: 2 }]);
  });

  it('can be stretched to 12 hours from the receive, no further', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', 'one');
    const [message] = queue.receive();
    now += 10 * SECOND;
    const handle = message?.receiptHandle ?? '';
    queue.changeVisibility(handle, 43_190);
    expect(() => queue.changeVisibility(handle, 43_191)).toThrow(/Total VisibilityTimeout/);
  });

  it.each([-1, 43_201, 0.5, Number.NaN])('refuses %s seconds', (seconds) => {
    const queue = createQueue();
    sendAll(queue, 'a', 'one');
    const [message] = queue.receive();
    expect(() => queue.changeVisibility(message?.receiptHandle ?? '', seconds)).toThrow(/VisibilityTimeout/);
  });

  it('cannot be changed once it has ended', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', 'one');
    const [message] = queue.receive();
    now += 60 * SECOND;
    expect(() => queue.changeVisibility(message?.receiptHandle ?? '', 5)).toThrow(
      expect.objectContaining({ name: 'MessageNotInflight' }),
    );
  });

  it('belongs to the newest receive: an older receipt changes and deletes nothing', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', 'one');
    const handle = queue.receive()[0]?.receiptHandle ?? '';
    now += 60 * SECOND;
    queue.receive();
    expect(() => queue.changeVisibility(handle, 0)).toThrow(/not available/);
    expect(() => queue.delete(handle)).toThrow(/expired/);
    expect(queue.counts()).toEqual({ all: 1, inFlight: 1 });
  });
});

describe('order within a group', () => {
  it('is that of the sends, after a redelivery, too', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', '1', '2', '3');
    expect(bodies(queue)).toEqual(['1', '2', '3']);
    now += 60 * SECOND;
    expect(bodies(queue)).toEqual(['1', '2', '3']);
  });

  it('stops at the first message in flight', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', '1', '2', '3');
    const [, second] = queue.receive({ maxMessages: 3 });
    queue.changeVisibility(second?.receiptHandle ?? '', 90);
    now += 60 * SECOND;
    expect(bodies(queue)).toEqual(['1']);
  });

  it('lets nothing pass a message in flight when those before it are deleted', () => {
    const queue = createQueue();
    sendAll(queue, 'a', '1', '2', '3');
    const [first, second] = queue.receive({ maxMessages: 2 });
    queue.delete(first?.receiptHandle ?? '');
    expect(bodies(queue)).toEqual([]);
    queue.delete(second?.receiptHandle ?? '');
    expect(bodies(queue)).toEqual(['3']);
  });
});

describe('groups', () => {
  it('take turns', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'a1');
    sendAll(queue, 'b', 'b1');
    sendAll(queue, 'a', 'a2');
    expect(bodies(queue, 1)).toEqual(['a1']);
    expect(bodies(queue, 1)).toEqual(['b1']);
    expect(bodies(queue, 1)).toEqual([]);
  });

  it('are drained one after the other by a batch', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'a1');
    sendAll(queue, 'b', 'b1');
    sendAll(queue, 'a', 'a2');
    expect(bodies(queue)).toEqual(['a1', 'a2', 'b1']);
  });
});

describe('dead letters', () => {
  const withDeadLetters = (maxReceiveCount: number) => {
    const deadLetters = createQueue({ name: 'dead-letters.fifo' });
    return { deadLetters, queue: createQueue({ redrive: { queue: deadLetters, maxReceiveCount } }) };
  };

  it('are moved instead of received once more, and the next of the group is received', () => {
    const { queue, deadLetters } = withDeadLetters(2);
    sendAll(queue, 'a', 'bad', 'good');
    for (const count of [1, 2]) {
      const [message] = queue.receive();
      expect(message).toMatchObject({ body: 'bad', receiveCount: count });
      queue.changeVisibility(message?.receiptHandle ?? '', 0);
    }
    expect(bodies(queue)).toEqual(['good']);
    expect(bodies(deadLetters)).toEqual(['bad']);
  });

  it('are not duplicates of one another', () => {
    const { queue, deadLetters } = withDeadLetters(1);
    for (let round = 0; round < 2; round++) {
      queue.send({ body: 'same', groupId: 'a', deduplicationId: String(round) });
      queue.changeVisibility(queue.receive()[0]?.receiptHandle ?? '', 0);
      queue.receive();
    }
    expect(bodies(deadLetters)).toEqual(['same', 'same']);
  });
});

describe('retention', () => {
  it('ends to the millisecond, for messages in flight, too', () => {
    const queue = createQueue({ retentionSeconds: 60, visibilitySeconds: 3600 });
    sendAll(queue, 'a', 'old');
    sendAll(queue, 'b', 'old, too');
    queue.receive();
    now += 60 * SECOND - 1;
    expect(queue.counts()).toEqual({ all: 2, inFlight: 1 });
    now += 1;
    expect(queue.counts()).toEqual({ all: 0, inFlight: 0 });
    expect(bodies(queue)).toEqual([]);
  });

  it('is four days unless said otherwise', () => {
    const queue = createQueue();
    sendAll(queue, 'a', 'old');
    now += 4 * DAY - 1;
    expect(queue.counts().all).toBe(1);
    now += 1;
    expect(queue.counts().all).toBe(0);
  });

  it('lets the next of the group through', () => {
    const queue = createQueue({ retentionSeconds: 60, visibilitySeconds: 3600 });
    sendAll(queue, 'a', 'old');
    queue.receive();
    now += 30 * SECOND;
    sendAll(queue, 'a', 'young');
    now += 30 * SECOND;
    expect(bodies(queue)).toEqual(['young']);
  });
});

describe('nextVisibleAt', () => {
  it('is never for an empty queue, now for a waiting message, later for one in flight', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    expect(queue.nextVisibleAt()).toBeUndefined();
    sendAll(queue, 'a', 'one');
    expect(queue.nextVisibleAt()).toBe(now);
    const [message] = queue.receive();
    expect(queue.nextVisibleAt()).toBe(now + 60 * SECOND);
    queue.changeVisibility(message?.receiptHandle ?? '', 20);
    expect(queue.nextVisibleAt()).toBe(now + 20 * SECOND);
    queue.changeVisibility(message?.receiptHandle ?? '', 90);
    expect(queue.nextVisibleAt()).toBe(now + 90 * SECOND);
    queue.delete(message?.receiptHandle ?? '');
    expect(queue.nextVisibleAt()).toBeUndefined();
  });

  it('is the earliest of several, and a time at which a receive gets something', () => {
    const queue = createQueue({ visibilitySeconds: 60 });
    sendAll(queue, 'a', 'a1', 'a2');
    sendAll(queue, 'b', 'b1');
    const [a] = queue.receive();
    queue.receive();
    queue.changeVisibility(a?.receiptHandle ?? '', 10);
    const next = queue.nextVisibleAt();
    expect(next).toBe(now + 10 * SECOND);
    now = next ?? 0;
    expect(bodies(queue)).toEqual(['a1', 'a2']);
    expect(queue.nextVisibleAt()).toBe(now + 50 * SECOND);
  });
});

describe('what is sent', () => {
  it.each([
    ['an empty body', { body: '' }, 'MissingParameter'],
    ['an empty group', { groupId: '' }, 'MissingParameter'],
    ['a group of 129 characters', { groupId: 'x'.repeat(129) }, 'InvalidParameterValue'],
    ['a group with a space', { groupId: 'payments api' }, 'InvalidParameterValue'],
    ['a deduplication id of 129 characters', { deduplicationId: 'x'.repeat(129) }, 'InvalidParameterValue'],
    ['a body of more than 1 MiB', { body: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
    [
      'a body of 1 MiB with an attribute beside it',
      { body: 'x'.repeat(1_048_576), attributes: { a: { DataType: 'String', StringValue: 'a' } } },
      'InvalidParameterValue',
    ],
  ])('may not be %s', (_, message, name) => {
    expect(() => createQueue().send({ body: 'a', groupId: 'a', ...message })).toThrow(
      expect.objectContaining({ name }),
    );
  });

  it('may be at the limits', () => {
    const queue = createQueue();
    const id = 'x'.repeat(128);
    queue.send({ body: 'x'.repeat(1_048_576), groupId: id, deduplicationId: id });
    expect(queue.counts().all).toBe(1);
  });
});

it('tells of what may be received sooner', () => {
  const queue = createQueue();
  let told = 0;
  const stop = queue.onChange(() => {
    told++;
  });
  sendAll(queue, 'a', 'one');
  expect(told).toBe(1);
  const handle = queue.receive()[0]?.receiptHandle ?? '';
  queue.changeVisibility(handle, 10);
  queue.delete(handle);
  expect(told).toBe(3);
  stop();
  sendAll(queue, 'a', 'two');
  expect(told).toBe(3);
});
