import { AwsError } from './aws-error.ts';
import { invalidValue } from './queue-message.ts';

/** One receive of one message: the next receive makes it void. */
export interface Receive {
  readonly messageId: string;
  readonly sequence: number;
  readonly receiveCount: number;
}

export const receiptHandleOf = ({ messageId, sequence, receiveCount }: Receive): string =>
  `${messageId}#${sequence}#${receiveCount}`;

/** @throws AwsError `ReceiptHandleIsInvalid` for what was never a receipt handle */
export function parseReceiptHandle(handle: string): { sequence: number; receive: number } {
  const [, sequence, receive] = /^[\da-f-]{36}#(\d+)#(\d+)$/.exec(handle) ?? [];
  if (receive !== undefined) return { sequence: Number(sequence), receive: Number(receive) };
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    404,
  );
}

export const invalidReceipt = (handle: string, reason: string): AwsError =>
  invalidValue(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`);
