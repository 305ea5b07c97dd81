import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { REJECTION_REASON_ATTRIBUTE, type RefreshRequestBody } from '../../contract/requests.ts';
import type { Aws } from './aws.ts';

/** @returns the message's id */
export async function sendRequest(aws: Aws, queueUrl: string, request: RefreshRequestBody): Promise<string> {
  const { sqs, SendMessageCommand } = await clientOf(aws);
  const { MessageId = '' } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(request),
      MessageGroupId: request.token,
      MessageDeduplicationId: randomUUID(),
    }),
  );
  return MessageId;
}

/** Messages that can be received, and those that are being worked on or wait for their time. */
export async function depthOf(aws: Aws, queueUrl: string): Promise<{ ready: number; hidden: number }> {
  const { sqs, GetQueueAttributesCommand } = await clientOf(aws);
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
  );
  const [ready = 0, hidden = 0] = names.map((name) => Number(Attributes[name] ?? 0));
  return { ready, hidden };
}

export interface Letter {
  readonly body: string;
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly receives: number;
  /** Why the refresher itself put it there. */
  readonly reason?: string;
  readonly receipt: string;
}

/** Long enough to look at all of them and to answer a question. */
const LOOKED_AT_SECONDS = 300;

/** All messages, which stay hidden until they are deleted, shown again, or 5 minutes are over. */
export async function receiveAll(aws: Aws, queueUrl: string): Promise<Letter[]> {
  const { sqs, ReceiveMessageCommand } = await clientOf(aws);
  const letters: Letter[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: LOOKED_AT_SECONDS,
        MessageSystemAttributeNames: ['MessageGroupId', 'SentTimestamp', 'ApproximateReceiveCount'],
        MessageAttributeNames: [REJECTION_REASON_ATTRIBUTE],
      }),
    );
    if (Messages.length === 0) return letters;
    for (const { Body = '', ReceiptHandle = '', Attributes = {}, MessageAttributes = {} } of Messages) {
      const reason = MessageAttributes[REJECTION_REASON_ATTRIBUTE]?.StringValue;
      letters.push({
        body: Body,
        group: Attributes.MessageGroupId ?? '',
        sentAt: Number(Attributes.SentTimestamp),
        receives: Number(Attributes.ApproximateReceiveCount),
        ...(reason !== undefined && { reason }),
        receipt: ReceiptHandle,
      });
    }
  }
}

export async function dropLetters(aws: Aws, queueUrl: string, letters: readonly Letter[]): Promise<void> {
  const { sqs, DeleteMessageCommand } = await clientOf(aws);
  for (const { receipt } of letters) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
  }
}

/** So that the next look sees them. */
export async function showAgain(aws: Aws, queueUrl: string, letters: readonly Letter[]): Promise<void> {
  const { sqs, ChangeMessageVisibilityCommand } = await clientOf(aws);
  for (const { receipt } of letters) {
    const message = { QueueUrl: queueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 };
    await sqs.send(new ChangeMessageVisibilityCommand(message));
  }
}

async function clientOf(aws: Aws) {
  const sdk = await import('@aws-sdk/client-sqs');
  return { ...sdk, sqs: aws.client<SQSClient>(sdk.SQSClient) };
}
