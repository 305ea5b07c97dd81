import { credentialsSecret } from '../lib/contract.ts';
import type { EnvironmentSettings } from '../lib/settings.ts';

/** A secret that exists, as Secrets Manager describes it. */
export interface DescribedSecret {
  readonly arn: string;
  /** ARN or id of its key; absent: the AWS managed one. */
  readonly kmsKeyId?: string | undefined;
}

/** @returns undefined if there is no such secret. */
export type DescribeSecret = (name: string) => Promise<DescribedSecret | undefined>;

export interface WhatStays {
  /** The settings as lines of text; none if nothing stays. */
  readonly lines: readonly string[];
  /** Names of secrets that a deployed stack would have made, and that do not exist where they were looked for. */
  readonly missing: readonly string[];
}

/**
 * What a production environment leaves that `environments.ts` does not name yet, as the settings that make the next
 * deployment use it again. Without them that deployment would fail, since the secrets exist.
 */
export async function whatStays(
  environment: EnvironmentSettings,
  describe: DescribeSecret,
): Promise<WhatStays> {
  if (environment.production !== true) return { lines: [], missing: [] };
  const made = environment.tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined);
  const secrets = await Promise.all(
    made.map(async ({ name }) => {
      const secretName = credentialsSecret(environment.name, name);
      const found = await describe(secretName);
      const secret = found !== undefined && isOfAccount(environment.account, found) ? found : undefined;
      return { name, secretName, secret };
    }),
  );
  const ofTokens = secrets.flatMap(({ name, secret }) =>
    secret === undefined
      ? []
      : [
          `${environment.name}, ${name}:`,
          setting('credentialsSecretArn', secret.arn),
          setting('credentialsKeyArn', keyArn(secret)),
        ],
  );
  // One key encrypts all that the stack made.
  const key = secrets.flatMap(({ secret }) => (secret === undefined ? [] : [keyArn(secret)]))[0];
  const ofEnvironment =
    environment.keyArn === undefined && key !== undefined
      ? [`${environment.name}:`, setting('keyArn', key)]
      : [];
  return {
    lines: [...ofEnvironment, ...ofTokens].filter((line) => line !== ''),
    missing: secrets.flatMap(({ secretName, secret }) => (secret === undefined ? [secretName] : [])),
  };
}

/** Another account may have an environment of the same name. */
const isOfAccount = (account: string | undefined, { arn }: DescribedSecret): boolean =>
  account === undefined || account === arn.split(':')[4];

const setting = (name: string, arn: string | undefined): string =>
  arn === undefined ? '' : `  ${name}: '${arn}',`;

/** Secrets Manager may answer with the id alone; such a key is in the account and Region of its secret. */
function keyArn({ arn, kmsKeyId }: DescribedSecret): string | undefined {
  if (kmsKeyId === undefined || kmsKeyId.startsWith('arn:')) return kmsKeyId;
  const [, partition, , region, account] = arn.split(':');
  return `arn:${partition}:kms:${region}:${account}:key/${kmsKeyId}`;
}
