import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { LIMITS } from '../../../contract/times.ts';
import { type AwsConnection, type ContractCases, unique } from './connection.ts';

interface TestQueue {
  readonly url: string;
  send(message: Partial<SendMessageCommandInput> & { MessageBody: string }): Promise<string | undefined>;
  /** All that can be received in one go. */
  receive(): Promise<Message[]>;
  bodies(): Promise<(string | undefined)[]>;
  hide(message: Message | undefined, seconds: number): Promise<unknown>;
  delete(message: Message | undefined): Promise<unknown>;
}

/** The request queue as the stack makes it, unless the case says otherwise. */
async function createQueue(aws: AwsConnection, attributes: Record<string, string> = {}): Promise<TestQueue> {
  const { sqs } = aws;
  const QueueName = `${unique(aws)}.fifo`;
  const Attributes = {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    VisibilityTimeout: String(LIMITS.visibilitySeconds),
    ...attributes,
  };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const receive = async () => {
    const names = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
    const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...names }));
    return answer.Messages ?? [];
  };
  return {
    url: QueueUrl,
    receive,
    bodies: async () => (await receive()).map(({ Body }) => Body),
    send: async (message) => {
      const sent = await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageGroupId: 'payments-api', ...message }),
      );
      return sent.MessageId;
    },
    hide: (message, VisibilityTimeout) =>
      sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout,
        }),
      ),
    delete: (message) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle })),
  };
}

async function arnOf({ sqs }: AwsConnection, QueueUrl: string): Promise<string> {
  const names = { AttributeNames: ['QueueArn' as const] };
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, ...names }));
  return Attributes?.QueueArn ?? '';
}

/** A message that was received once, and moved more than a second after it was sent. */
async function makeDeadLetter(aws: AwsConnection) {
  const dead = await createQueue(aws);
  const deadLetterTargetArn = await arnOf(aws, dead.url);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  const source = await createQueue(aws, { RedrivePolicy, VisibilityTimeout: '1' });
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
      MessageId,
      Body: 'a',
      Attributes: {
        MessageGroupId: 'payments-api',
        ApproximateReceiveCount: '1',
        MessageDeduplicationId: expect.stringMatching(/^[\da-f]{64}$/),
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SenderId: expect.any(String),
      },
    });
    expect(Math.abs(Number(message?.Attributes?.SentTimestamp) - sentAt)).toBeLessThan(3_000);
    expect(Number(message?.Attributes?.ApproximateFirstReceiveTimestamp)).toBeGreaterThanOrEqual(sentAt);
  },

  'queue: message attributes travel along': async (aws) => {
    const queue = await createQueue(aws);
    const RejectionReason = { DataType: 'String', StringValue: 'the body is not a JSON object' };
    await queue.send({ MessageBody: 'a', MessageAttributes: { RejectionReason } });
    const [message] = await queue.receive();
    expect(message?.MessageAttributes).toEqual({ RejectionReason });
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
    expect([first?.Body, second?.Body, more]).toEqual(['a', 'a', []]);
    expect(first?.Attributes?.MessageDeduplicationId).toBe('one');
  },

  'queue: without content-based deduplication a send needs an id': async (aws) => {
    const queue = await createQueue(aws, { ContentBasedDeduplication: 'false' });
    await expect(queue.send({ MessageBody: 'a' })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await queue.send({ MessageBody: 'a', MessageDeduplicationId: 'one' });
    expect(await queue.bodies()).toEqual(['a']);
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
      MessageId: first?.MessageId,
      Attributes: { ApproximateReceiveCount: '2' },
    });
    expect(again?.Attributes?.SentTimestamp).toBe(first?.Attributes?.SentTimestamp);
    expect(again?.Attributes?.SequenceNumber).toBe(first?.Attributes?.SequenceNumber);
  },

  'queue: a changed visibility holds longer than the queue would': async (aws) => {
    const queue = await createQueue(aws, { VisibilityTimeout: '1' });
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
    const queue = await createQueue(aws, { VisibilityTimeout: '1' });
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
    const queue = await createQueue(aws, { VisibilityTimeout: '1' });
    await queue.send({ MessageBody: 'a' });
    const [message] = await queue.receive();
    await aws.pass(1.5);
    await expect(queue.delete(message)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await queue.bodies()).toEqual(['a']);
  },

  'queue: what was never a receipt is refused': async (aws) => {
    const queue = await createQueue(aws);
    await expect(queue.delete({ ReceiptHandle: 'garbage' })).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  },

  'queue: one receive too many moves a message to the dead-letter queue': async (aws) => {
    const dead = await createQueue(aws);
    const deadLetterTargetArn = await arnOf(aws, dead.url);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    const queue = await createQueue(aws, { RedrivePolicy });
    const MessageId = await queue.send({ MessageBody: 'a' });
    for (const receive of [1, 2]) {
      const [message] = await queue.receive();
      expect(message?.Attributes?.ApproximateReceiveCount).toBe(String(receive));
      await queue.hide(message, 0);
    }
    expect(await queue.bodies()).toEqual([]);
    expect(await dead.receive()).toMatchObject([{ MessageId, Body: 'a' }]);
  },

  'queue: a dead letter says where it came from': async (aws) => {
    const { letter, source } = await makeDeadLetter(aws);
    expect(letter?.Attributes).toMatchObject({
      MessageGroupId: 'payments-api',
      DeadLetterQueueSourceArn: await arnOf(aws, source.url),
      ApproximateReceiveCount: '2',
    });
  },

  'queue: the deduplication id of a dead letter is its message id': async (aws) => {
    const { message, letter } = await makeDeadLetter(aws);
    expect(letter?.Attributes?.MessageDeduplicationId).toBe(message?.MessageId);
  },

  'queue: a dead letter was sent when it moved': async (aws) => {
    const { message, letter } = await makeDeadLetter(aws);
    const later = Number(letter?.Attributes?.SentTimestamp) - Number(message?.Attributes?.SentTimestamp);
    expect(later).toBeGreaterThan(1_000);
  },

  'queue: one that does not exist is an error': async (aws) => {
    const queue = await createQueue(aws);
    const QueueUrl = queue.url.replace(/\.fifo$/, '-none.fifo');
    await expect(aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  },
};
