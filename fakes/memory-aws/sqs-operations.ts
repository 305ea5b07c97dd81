import { hash } from 'node:crypto';
import type {
  ChangeMessageVisibilityRequest,
  CreateQueueRequest,
  CreateQueueResult,
  DeleteMessageRequest,
  DeleteQueueRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  GetQueueUrlRequest,
  GetQueueUrlResult,
  ReceiveMessageRequest,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { SECOND } from '../../contract/times.ts';
import type { FifoQueue, FifoQueueOptions } from './fifo-queue.ts';
import {
  invalidValue,
  type MessageAttributes,
  type ReceivedMessage,
  systemAttributes,
} from './queue-message.ts';
import type { Queues } from './queues.ts';
import { receivable } from './receive-wait.ts';

/** An attribute as it is on the wire: SDK clients turn binary values into base64. */
type OnTheWire<T> = Omit<T, 'MessageAttributes'> & { readonly MessageAttributes?: MessageAttributes };

/** The operations of SQS, as its JSON protocol has them. */
export const sqsOperations = (queues: Queues, now: () => number) => ({
  CreateQueue({ QueueName = '', Attributes = {} }: CreateQueueRequest): CreateQueueResult {
    queues.create(QueueName, queueOptions(Attributes, queues));
    return { QueueUrl: queues.url(QueueName) };
  },

  DeleteQueue({ QueueUrl = '' }: DeleteQueueRequest): void {
    queues.delete(QueueUrl);
  },

  GetQueueUrl({ QueueName = '' }: GetQueueUrlRequest): GetQueueUrlResult {
    return { QueueUrl: queues.url(queues.get(QueueName).name) };
  },

  GetQueueAttributes(input: GetQueueAttributesRequest): GetQueueAttributesResult {
    const wanted: readonly string[] = input.AttributeNames ?? [];
    const all = Object.entries(queueAttributes(queues.get(input.QueueUrl ?? '')));
    return {
      Attributes: Object.fromEntries(all.filter(([name]) => wanted.includes('All') || wanted.includes(name))),
    };
  },

  SendMessage(input: OnTheWire<SendMessageRequest>): SendMessageResult {
    const body = input.MessageBody ?? '';
    const { messageId, sequenceNumber } = queues.get(input.QueueUrl ?? '').send({
      body,
      groupId: input.MessageGroupId ?? '',
      ...(input.MessageDeduplicationId !== undefined && { deduplicationId: input.MessageDeduplicationId }),
      ...(input.MessageAttributes !== undefined && { attributes: input.MessageAttributes }),
    });
    return { MessageId: messageId, SequenceNumber: sequenceNumber, MD5OfMessageBody: hash('md5', body) };
  },

  async ReceiveMessage(input: ReceiveMessageRequest, signal: AbortSignal) {
    const { MaxNumberOfMessages = 1, WaitTimeSeconds = 0, VisibilityTimeout } = input;
    checkRange('MaxNumberOfMessages', MaxNumberOfMessages, [1, 10]);
    checkRange('WaitTimeSeconds', WaitTimeSeconds, [0, 20]);
    const queue = queues.get(input.QueueUrl ?? '');
    const deadline = now() + WaitTimeSeconds * SECOND;
    for (;;) {
      await receivable(queue, { now, longestMs: deadline - now(), signal });
      // Nobody would ever see a message that is handed to a client that has gone.
      if (signal.aborted) return {};
      const messages = queue.receive({
        maxMessages: MaxNumberOfMessages,
        ...(VisibilityTimeout !== undefined && { visibilitySeconds: VisibilityTimeout }),
      });
      if (messages.length > 0) return { Messages: messages.map((message) => messageOf(message, input)) };
      if (now() >= deadline) return {};
    }
  },

  DeleteMessage({ QueueUrl = '', ReceiptHandle = '' }: DeleteMessageRequest): void {
    queues.get(QueueUrl).delete(ReceiptHandle);
  },

  ChangeMessageVisibility(input: ChangeMessageVisibilityRequest): void {
    const { QueueUrl = '', ReceiptHandle = '', VisibilityTimeout = Number.NaN } = input;
    queues.get(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout);
  },
});

function queueOptions(
  attributes: Readonly<Record<string, string>>,
  queues: Queues,
): Omit<FifoQueueOptions, 'name'> {
  const { VisibilityTimeout, MessageRetentionPeriod, ContentBasedDeduplication, DeduplicationScope } =
    attributes;
  const redrive = attributes.RedrivePolicy === undefined ? undefined : JSON.parse(attributes.RedrivePolicy);
  return {
    ...(VisibilityTimeout !== undefined && { visibilitySeconds: Number(VisibilityTimeout) }),
    ...(MessageRetentionPeriod !== undefined && { retentionSeconds: Number(MessageRetentionPeriod) }),
    contentBasedDeduplication: ContentBasedDeduplication === 'true',
    deduplicationScope: DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
    ...(redrive !== undefined && {
      redrive: {
        queue: queues.get(redrive.deadLetterTargetArn),
        maxReceiveCount: Number(redrive.maxReceiveCount),
      },
    }),
  };
}

function queueAttributes(queue: FifoQueue): Record<string, string> {
  const { visibilitySeconds, retentionSeconds, contentBasedDeduplication, deduplicationScope, redrive } =
    queue.options;
  const { all, inFlight } = queue.counts();
  return {
    QueueArn: queue.arn,
    FifoQueue: 'true',
    ApproximateNumberOfMessages: String(all - inFlight),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    VisibilityTimeout: String(visibilitySeconds ?? 30),
    MessageRetentionPeriod: String(retentionSeconds ?? 345_600),
    ContentBasedDeduplication: String(contentBasedDeduplication ?? false),
    DeduplicationScope: deduplicationScope ?? 'queue',
    ...(redrive !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: redrive.queue.arn,
        maxReceiveCount: redrive.maxReceiveCount,
      }),
    }),
  };
}

function messageOf(message: ReceivedMessage, asked: ReceiveMessageRequest) {
  const wanted: readonly string[] = [
    ...(asked.AttributeNames ?? []),
    ...(asked.MessageSystemAttributeNames ?? []),
  ];
  const attributes = pick(systemAttributes(message), wanted);
  const messageAttributes = pick(message.attributes, asked.MessageAttributeNames ?? []);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: hash('md5', message.body),
    ...(attributes !== undefined && { Attributes: attributes }),
    ...(messageAttributes !== undefined && { MessageAttributes: messageAttributes }),
  };
}

function pick(from: object, wanted: readonly string[]): object | undefined {
  const found = Object.entries(from).filter(([name]) => wanted.includes('All') || wanted.includes(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function checkRange(parameter: string, value: number, [least, most]: readonly [number, number]): void {
  if (value >= least && value <= most) return;
  throw invalidValue(
    `Value ${value} for parameter ${parameter} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}
