import { randomUUID } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { SQSRecord } from 'aws-lambda';

export interface AwsConnection {
  readonly ssm: SSMClient;
  readonly secrets: SecretsManagerClient;
  readonly sqs: SQSClient;
  /** What the names of everything that is created begin with: letters, digits and hyphens. */
  readonly prefix: string;
  /** The clock of the other side, in milliseconds since the epoch. */
  now(): number;
  /** Lets time pass there. */
  pass(seconds: number): Promise<void>;
  /** With content-based deduplication, for each group by itself. */
  createQueue(name: string, options: QueueOptions): Promise<OpenQueue>;
  cleanup(): Promise<void>;
}

export interface QueueOptions {
  readonly visibilitySeconds: number;
  readonly redrive?: { readonly queue: OpenQueue; readonly maxReceiveCount: number };
}

export type ReceivedMessage = Pick<
  SQSRecord,
  'messageId' | 'receiptHandle' | 'body' | 'attributes' | 'messageAttributes'
>;

/** What Lambda does at a queue: no code of this project calls these operations. */
export interface OpenQueue {
  readonly url: string;
  readonly arn: string;
  /** All that can be received in one go. */
  receive(): Promise<ReceivedMessage[]>;
  delete(receiptHandle: string): Promise<void>;
}

/** Title and check. A check fails by throwing. */
export type ContractCases = Readonly<Record<string, (aws: AwsConnection) => Promise<void>>>;

/** A name that no other case uses. */
export const unique = ({ prefix }: AwsConnection): string => `${prefix}-${randomUUID().slice(0, 8)}`;
