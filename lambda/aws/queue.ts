import type { SQSClient, SQSClientConfig } from '@aws-sdk/client-sqs';
import { REJECTION_REASON_ATTRIBUTE, type RefreshRequestBody } from '../../contract/requests.ts';
import { HOUR, LIMITS, SECOND } from '../../contract/times.ts';
import type { QueueRecord } from '../refresh/request.ts';
import { within } from './sdk.ts';

/**
 * SQS allows twelve hours, counted from the receive. The time of an attempt is subtracted.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const LONGEST_PAUSE_SECONDS = (12 * HOUR) / SECOND - LIMITS.visibilitySeconds;

/** Bytes of a message that are copied. With the reason added, a message of the maximum size would be too large. */
const REJECTED_CHARACTERS = 10_000;

/** What can be done with a message other than deleting it. */
export interface RequestQueue {
  /** Hides the message for that long, which blocks its message group. */
  hide(record: QueueRecord, seconds: number, timeoutMs: number): Promise<void>;
  /** Sends a message to the same queue that takes over from this one. Deduplicated, so that it is sent once even if this one comes back. */
  send(record: QueueRecord, body: RefreshRequestBody, messageGroup: string, timeoutMs: number): Promise<void>;
  /** Copies the message, or the start of a long one, to the dead-letter queue with a reason. */
  reject(record: QueueRecord, reason: string, timeoutMs: number): Promise<void>;
}

/** On SQS. The SDK client is loaded at the first use, because most runs do not need it. */
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
        // Not derived from the body, which a hostile sender could predict and send first.
        MessageDeduplicationId: messageId,
      });
      await client.send(command, within(timeoutMs));
    },
    async reject(record, reason, timeoutMs) {
      const { client, SendMessageCommand } = await sqs();
      const command = new SendMessageCommand({
        QueueUrl: urls.deadLetterQueueUrl,
        // SQS refuses half of a surrogate pair, which the cut may leave.
        MessageBody: record.body.slice(0, REJECTED_CHARACTERS).toWellFormed(),
        MessageGroupId: record.attributes.MessageGroupId ?? 'unknown',
        MessageDeduplicationId: record.messageId,
        MessageAttributes: { [REJECTION_REASON_ATTRIBUTE]: { DataType: 'String', StringValue: reason } },
      });
      await client.send(command, within(timeoutMs));
    },
  };
}
