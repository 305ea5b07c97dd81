import { LOCAL_ACCOUNT } from '../local-account.ts';
import { AwsError } from './aws-error.ts';

/** 1 to 128 letters, digits and ASCII punctuation: the rule for group and deduplication ids. */
const ID = /^[\x21-\x7e]{1,128}$/;

/** A message attribute as on the wire: a binary value is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface OutgoingMessage {
  readonly body: string;
  readonly groupId: string;
  /** Default: the SHA-256 of the body, on a queue with content-based deduplication. */
  readonly deduplicationId?: string;
  readonly attributes?: MessageAttributes;
}

/** A message as one receive hands it out. Times in milliseconds since the epoch. */
export interface ReceivedMessage {
  readonly messageId: string;
  /** Good for this receive only. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly groupId: string;
  readonly deduplicationId: string;
  readonly attributes: MessageAttributes;
  readonly sequenceNumber: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  /** In a dead-letter queue: where the message came from. */
  readonly deadLetterSourceArn: string | undefined;
}

/** The attributes that SQS itself gives a message, all of them strings. */
export interface SystemAttributes {
  readonly ApproximateReceiveCount: string;
  readonly SentTimestamp: string;
  readonly SequenceNumber: string;
  readonly MessageGroupId: string;
  readonly SenderId: string;
  readonly MessageDeduplicationId: string;
  readonly ApproximateFirstReceiveTimestamp: string;
  readonly DeadLetterQueueSourceArn?: string;
}

export function systemAttributes(message: ReceivedMessage): SystemAttributes {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SequenceNumber: message.sequenceNumber,
    MessageGroupId: message.groupId,
    SenderId: LOCAL_ACCOUNT,
    MessageDeduplicationId: message.deduplicationId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.deadLetterSourceArn !== undefined && {
      DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    }),
  };
}

/** @throws AwsError `InvalidParameterValue` or `MissingParameter` */
export function checkOutgoing({ body, groupId, deduplicationId }: OutgoingMessage): void {
  if (!body) throw missing('MessageBody');
  if (!groupId) throw missing('MessageGroupId');
  checkId('MessageGroupId', groupId);
  if (deduplicationId !== undefined) checkId('MessageDeduplicationId', deduplicationId);
}

function checkId(parameter: string, value: string): void {
  if (ID.test(value)) return;
  throw invalidValue(
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

const missing = (parameter: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}.`);
