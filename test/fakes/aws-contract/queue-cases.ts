import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { LIMITS } from '../../../contract/times.ts';
import {
  type AwsConnection,
  type ContractCases,
  type OpenQueue,
  type QueueOptions,
  type ReceivedMessage,
  unique,
} from './connection.ts';

interface TestQueue extends Omit<OpenQueue, 'delete'> {
  send(message: Partial<SendMessageCommandInput> & { MessageBody: string }): Promise<string | undefined>;
  bodies(): Promise<string[]>;
  hide(message: ReceivedMessage | undefined, seconds: number): Promise<unknown>;
  delete(message: ReceivedMessage | undefined): Promise<unknown>;
}

/** The request queue as the stack makes it, unless the case says otherwise. */
async function createQueue(aws: AwsConnection, options: Partial<QueueOptions> = {}): Promise<TestQueue> {
  const { sqs } = aws;
  const { visibilitySeconds } = LIMITS;
  const queue = await aws.createQueue(`${unique(aws)}.fifo`, { visibilitySeconds, ...options });
  const QueueUrl = queue.url;
  return {
    ...queue,
    bodies: async () => (await queue.receive()).map(({ body }) => body),
    send: async (message) => {
      const sent = await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageGroupId: 'payments-api', ...message }),
      );
      return sent.MessageId;
    },
    hide: (message, VisibilityTimeout) => {
      const ReceiptHandle = message?.receiptHandle;
      return sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    },
    delete: (message) => queue.delete(message?.receiptHandle ?? ''),
  };
}

/** A message that was received once, and moved more than a second after it was sent. */
async function makeDeadLetter(aws: AwsConnection) {
  const dead = await aws.createQueue(`${unique(aws)}.fifo`, LIMITS);
  const redrive = { queue: dead, maxReceiveCount: 1 };
  const source = await createQueue(aws, { redrive, visibilitySeconds: 1 });
  await source.send({ MessageBody: 'a' });
  const [message] = await source.receive();
  await aws.pass(1.5);
  expect(await source.bodies()).toEqual([]);
  const [letter] = await dead.receive();
  return { source, message, letter };
}

export const queueCases: ContractCases = {
  'queue: a message arrives with what the refresher reads of it': async (aws) => {
    const queue = await createQueue(aws);
    const sentAt = aws.now();
    const MessageId = await queue.send({ MessageBody: 'a', MessageGroupId: 'payments-api' });
    const [message] = await queue.receive();
    expect(message).toMatchObject({
      messageId: MessageId,
      body: 'a',
      attributes: {
        MessageGroupId: 'payments-api',
        ApproximateReceiveCount: '1',
        MessageDeduplicationId: expect.stringMatching(/^[\da-f]{64}$/),
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SenderId: expect.any(String),
      },
    });
    expect(Math.abs(Number(message?.attributes.SentTimestamp) - sentAt)).toBeLessThan(3_000);
    expect(Number(message?.attributes.ApproximateFirstReceiveTimestamp)).toBeGreaterThanOrEqual(sentAt);
  },

  'queue: message attributes travel along': async (aws) => {
    const queue = await createQueue(aws);
    const RejectionReason = { DataType: 'String', StringValue: 'the body is not a JSON object' };
    await queue.send({ MessageBody: 'a', MessageAttributes: { RejectionReason } });
    const [message] = await queue.receive();
    expect(message?.messageAttributes).toMatchObject({
      RejectionReason: { dataType: 'String', stringValue: RejectionReason.StringValue },
    });
  },

  'queue: a group waits while one of its messages is in flight, other groups do not': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a1', MessageGroupId: 'a' });
    const [first] = await queue.receive();
    await queue.send({ MessageBody: 'a2', MessageGroupId: 'a' });
    expect(await queue.bodies()).toEqual([]);
    await queue.send({ MessageBody: 'b1', MessageGroupId: 'b' });
    expect(await queue.bodies()).toEqual(['b1']);
    await queue.delete(first);
    expect(await queue.bodies()).toEqual(['a2']);
  },

  'queue: equal bodies are delivered once, even after the first is deleted': async (aws) => {
    const queue = await createQueue(aws);
    const first = await queue.send({ MessageBody: 'same' });
    expect(await queue.send({ MessageBody: 'same' })).toBe(first);
    const [message, ...more] = await queue.receive();
    expect(more).toEqual([]);
    await queue.delete(message);
    await queue.send({ MessageBody: 'same' });
    expect(await queue.bodies()).toEqual([]);
  },

  'queue: equal bodies in two groups are two messages': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'same', MessageGroupId: 'a' });
    await queue.send({ MessageBody: 'same', MessageGroupId: 'b' });
    expect(await queue.bodies()).toEqual(['same', 'same']);
  },

  'queue: a deduplication id counts instead of the body': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a', MessageDeduplicationId: 'one' });
    await queue.send({ MessageBody: 'b', MessageDeduplicationId: 'one' });
    await queue.send({ MessageBody: 'a', MessageDeduplicationId: 'two' });
    const [first, second, ...more] = await queue.receive();
    expect([first?.body, second?.body, more]).toEqual(['a', 'a', []]);
    expect(first?.attributes.MessageDeduplicationId).toBe('one');
  },

  'queue: a send needs a group': async (aws) => {
    const queue = await createQueue(aws);
    await expect(queue.send({ MessageBody: 'a', MessageGroupId: undefined })).rejects.toMatchObject({
      name: 'MissingParameter',
    });
  },

  'queue: a message comes back when the changed visibility has passed, and counts its receives': async (
    aws,
  ) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a' });
    const [first] = await queue.receive();
    await queue.hide(first, 2);
    await aws.pass(1);
    expect(await queue.bodies()).toEqual([]);
    await aws.pass(1.5);
    const [again] = await queue.receive();
    expect(again).toMatchObject({
      messageId: first?.messageId,
      attributes: { ApproximateReceiveCount: '2' },
    });
    expect(again?.attributes.SentTimestamp).toBe(first?.attributes.SentTimestamp);
    expect(again?.attributes.SequenceNumber).toBe(first?.attributes.SequenceNumber);
  },

  'queue: a changed visibility holds longer than the queue would': async (aws) => {
    const queue = await createQueue(aws, { visibilitySeconds: 1 });
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await queue.hide(message, 3);
    await aws.pass(2);
    expect(await queue.bodies()).toEqual([]);
    await aws.pass(1.5);
    expect(await queue.bodies()).toEqual(['a']);
  },

  'queue: visibility 0 brings a message back at once, before the next of its group': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await queue.send({ MessageBody: 'b' });
    await queue.hide(message, 0);
    expect(await queue.bodies()).toEqual(['a', 'b']);
  },

  'queue: a visibility of more than 12 hours is refused': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await expect(queue.hide(message, 43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  },

  'queue: the visibility of a deleted message cannot be changed': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await queue.delete(message);
    await expect(queue.hide(message, 5)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  },

  'queue: a message that is deleted never comes back': async (aws) => {
    const queue = await createQueue(aws, { visibilitySeconds: 1 });
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await queue.delete(message);
    await aws.pass(1.5);
    expect(await queue.bodies()).toEqual([]);
  },

  'queue: a message can be deleted twice': async (aws) => {
    const queue = await createQueue(aws);
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await queue.delete(message);
    await queue.delete(message);
  },

  'queue: a message that is visible again cannot be deleted with the old receipt': async (aws) => {
    const queue = await createQueue(aws, { visibilitySeconds: 1 });
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await aws.pass(1.5);
    await expect(queue.delete(message)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await queue.bodies()).toEqual(['a']);
  },

  'queue: one receive too many moves a message to the dead-letter queue': async (aws) => {
    const dead = await aws.createQueue(`${unique(aws)}.fifo`, LIMITS);
    const queue = await createQueue(aws, { redrive: { queue: dead, maxReceiveCount: 2 } });
    const MessageId = await queue.send({ MessageBody: 'a' });
    for (const receive of [1, 2]) {
      const [message] = await queue.receive();
      expect(message?.attributes.ApproximateReceiveCount).toBe(String(receive));
      await queue.hide(message, 0);
    }
    expect(await queue.bodies()).toEqual([]);
    expect(await dead.receive()).toMatchObject([{ messageId: MessageId, body: 'a' }]);
  },

  'queue: a dead letter says where it came from': async (aws) => {
    const { letter, source } = await makeDeadLetter(aws);
    expect(letter?.attributes).toMatchObject({
      MessageGroupId: 'payments-api',
      DeadLetterQueueSourceArn: source.arn,
      ApproximateReceiveCount: '2',
    });
  },

  'queue: the deduplication id of a dead letter is its message id': async (aws) => {
    const { message, letter } = await makeDeadLetter(aws);
    expect(letter?.attributes.MessageDeduplicationId).toBe(message?.messageId);
  },

  'queue: a dead letter was sent when it moved': async (aws) => {
    const { message, letter } = await makeDeadLetter(aws);
    const later = Number(letter?.attributes.SentTimestamp) - Number(message?.attributes.SentTimestamp);
    expect(later).toBeGreaterThan(1_000);
  },
};
