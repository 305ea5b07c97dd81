import type { SQSClient, SQSClientConfig } from '@aws-sdk/client-sqs';
import { REJECTION_REASON_ATTRIBUTE, type RefreshRequestBody } from '../../contract/requests.ts';
import { HOUR, LIMITS, SECOND } from '../../contract/times.ts';
import type { QueueRecord } from '../refresh/request.ts';
import { within } from './sdk.ts';

/**
 * Twelve hours from the receive on are the most that SQS takes, less the time of an attempt.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const LONGEST_PAUSE_SECONDS = (12 * HOUR) / SECOND - LIMITS.visibilitySeconds;

/** Enough to see what it was. A message of the largest size would not fit any more, with the reason beside it. */
const REJECTED_CHARACTERS = 10_000;

/** What is done with messages that cannot simply be deleted. */
export interface RequestQueue {
  /** Hides the message, and with it its message group, for that long. */
  hide(record: QueueRecord, seconds: number, timeoutMs: number): Promise<void>;
  /** Sends a message to the queue itself, instead of this one: not twice, though this one may come back. */
  send(record: QueueRecord, body: RefreshRequestBody, messageGroup: string, timeoutMs: number): Promise<void>;
  /** Copies the message, or its beginning, to the dead-letter queue with a reason. */
  reject(record: QueueRecord, reason: string, timeoutMs: number): Promise<void>;
}

/** On SQS. The SDK client is loaded at the first use: most runs need none. */
export function sqsQueue(
  urls: { queueUrl: string; deadLetterQueueUrl: string },
  settings: SQSClientConfig,
): RequestQueue {
  let client: SQSClient | undefined;
  const sqs = async () => {
    const module = await import('@aws-sdk/client-sqs');
    client ??= new module.SQSClient(settings);
    return { ...module, client };
  };
  return {
    async hide(record, seconds, timeoutMs) {
      const { client, ChangeMessageVisibilityCommand } = await sqs();
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: urls.queueUrl,
        ReceiptHandle: record.receiptHandle,
        VisibilityTimeout: Math.min(seconds, LONGEST_PAUSE_SECONDS),
      });
      await client.send(command, within(timeoutMs));
    },
    async send({ messageId }, body, messageGroup, timeoutMs) {
      const { client, SendMessageCommand } = await sqs();
      const command = new SendMessageCommand({
        QueueUrl: urls.queueUrl,
        MessageBody: JSON.stringify(body),
        MessageGroupId: messageGroup,
        // Not of the body, which a hostile sender could foretell and send before.
        MessageDeduplicationId: messageId,
      });
      await client.send(command, within(timeoutMs));
    },
    async reject(record, reason, timeoutMs) {
      const { client, SendMessageCommand } = await sqs();
      const command = new SendMessageCommand({
        QueueUrl: urls.deadLetterQueueUrl,
        // The cut may go through a character of two halves, which SQS would not take.
        MessageBody: record.body.slice(0, REJECTED_CHARACTERS).toWellFormed(),
        MessageGroupId: record.attributes.MessageGroupId ?? 'unknown',
        MessageDeduplicationId: record.messageId,
        MessageAttributes: { [REJECTION_REASON_ATTRIBUTE]: { DataType: 'String', StringValue: reason } },
      });
      await client.send(command, within(timeoutMs));
    },
  };
}
