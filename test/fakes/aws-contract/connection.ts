import { randomUUID } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';

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
  cleanup(): Promise<void>;
}

/** Title and check. A check fails by throwing. */
export type ContractCases = Readonly<Record<string, (aws: AwsConnection) => Promise<void>>>;

/** A name that no other case uses. */
export const unique = ({ prefix }: AwsConnection): string => `${prefix}-${randomUUID().slice(0, 8)}`;
