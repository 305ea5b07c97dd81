import { hash } from 'node:crypto';
import type {
  ChangeMessageVisibilityRequest,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  ReceiveMessageRequest,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { type MessageAttributes, systemAttributes } from './queue-message.ts';
import type { Queues } from './queues.ts';

/** An attribute as it is on the wire: SDK clients turn binary values into base64. */
type OnTheWire<T> = Omit<T, 'MessageAttributes'> & { readonly MessageAttributes?: MessageAttributes };

/** The operations of SQS that function, consumers and commands call. What Lambda does, the event source mapping does without them. */
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

  /** By short polling. */
  ReceiveMessage({ QueueUrl = '', MaxNumberOfMessages = 1, VisibilityTimeout }: ReceiveMessageRequest) {
    const messages = queues.get(QueueUrl).receive({
      maxMessages: MaxNumberOfMessages,
      ...(VisibilityTimeout !== undefined && { visibilitySeconds: VisibilityTimeout }),
    });
    return {
      Messages: messages.map((message) => ({
        MessageId: message.messageId,
        ReceiptHandle: message.receiptHandle,
        Body: message.body,
        MD5OfBody: hash('md5', message.body),
        Attributes: systemAttributes(message),
        MessageAttributes: message.attributes,
      })),
    };
  },

  DeleteMessage({ QueueUrl = '', ReceiptHandle = '' }: DeleteMessageRequest): void {
    queues.get(QueueUrl).delete(ReceiptHandle);
  },

  GetQueueAttributes({ QueueUrl = '' }: GetQueueAttributesRequest): GetQueueAttributesResult {
    const { all, inFlight } = queues.get(QueueUrl).counts();
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(all - inFlight),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
      },
    };
  },

  ChangeMessageVisibility(input: ChangeMessageVisibilityRequest): void {
    const { QueueUrl = '', ReceiptHandle = '', VisibilityTimeout = Number.NaN } = input;
    queues.get(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout);
  },
});
