import { randomUUID } from 'node:crypto';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import type { Aws } from './aws.ts';

/** @returns the message's id */
export async function sendRequest(aws: Aws, queueUrl: string, request: RefreshRequestBody): Promise<string> {
  const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const { MessageId = '' } = await aws.client(SQSClient).send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(request),
      MessageGroupId: request.token,
      MessageDeduplicationId: randomUUID(),
    }),
  );
  return MessageId;
}
