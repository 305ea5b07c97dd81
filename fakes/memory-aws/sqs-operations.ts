import { hash } from 'node:crypto';
import type {
  ChangeMessageVisibilityRequest,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { MessageAttributes } from './queue-message.ts';
import type { Queues } from './queues.ts';

/** An attribute as it is on the wire: SDK clients turn binary values into base64. */
type OnTheWire<T> = Omit<T, 'MessageAttributes'> & { readonly MessageAttributes?: MessageAttributes };

/** The operations of SQS that function and consumers call. What Lambda does, the event source mapping does without them. */
export const sqsOperations = (queues: Queues) => ({
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

  ChangeMessageVisibility(input: ChangeMessageVisibilityRequest): void {
    const { QueueUrl = '', ReceiptHandle = '', VisibilityTimeout = Number.NaN } = input;
    queues.get(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout);
  },
});
