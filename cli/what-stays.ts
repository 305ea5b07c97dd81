import { credentialsSecret, keyAlias } from '../contract/names.ts';
import type { EnvironmentSettings } from '../lib/settings/settings.ts';

/** A secret that exists, as Secrets Manager describes it. */
export interface DescribedSecret {
  readonly arn: string;
  /** ARN or id of its key; absent: the AWS managed one. */
  readonly kmsKeyId?: string | undefined;
}

/** @returns undefined if there is no such secret. */
export type DescribeSecret = (name: string) => Promise<DescribedSecret | undefined>;

/** @returns the ARN of the key that an alias names; undefined if there is no such alias. */
export type FindKey = (alias: string) => Promise<string | undefined>;

export interface WhatStays {
  /** The settings as lines of text; none if nothing stays. */
  readonly lines: readonly string[];
  /** What a deployed stack would have made and is not there: names of secrets, or the alias of the key. */
  readonly missing: readonly string[];
}

/**
 * What a production environment leaves that `environments.ts` does not name yet, as the settings that make the next
 * deployment use it again. Without them that deployment would fail, since the secrets exist, or pay for a second key.
 *
 * @param findKey is asked where every secret is adopted. Default: there is no key.
 */
export async function whatStays(
  environment: EnvironmentSettings,
  describe: DescribeSecret,
  findKey: FindKey = async () => undefined,
): Promise<WhatStays> {
  if (environment.production !== true) return { lines: [], missing: [] };
  const made = environment.tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined);
  const secrets = await Promise.all(
    made.map(async ({ name }) => {
      const secretName = credentialsSecret(environment.name, name);
      const described = await describe(secretName);
      const isOwn = described !== undefined && isOfAccount(environment.account, described.arn);
      return { name, secretName, secret: isOwn ? described : undefined };
    }),
  );
  const found = secrets.flatMap(({ secret }) => secret ?? []);
  const missing = secrets.flatMap(({ secretName, secret }) => (secret === undefined ? [secretName] : []));
  const ofTokens = secrets
    .flatMap(({ name, secret }) =>
      secret === undefined
        ? []
        : [
            `${environment.name}, ${name}:`,
            setting('credentialsSecretArn', secret.arn),
            setting('credentialsKeyArn', keyArn(secret)),
          ],
    )
    .filter((line) => line !== '');
  if (environment.keyArn !== undefined || missing.length > 0) return { lines: ofTokens, missing };
  const key = await ownKey(environment, found, findKey);
  if (key === undefined) return { lines: ofTokens, missing: [keyAlias(environment.name)] };
  return { lines: [`${environment.name}:`, setting('keyArn', key), ...ofTokens], missing };
}

/** One key encrypts all that the stack made. Where every secret is adopted, only its alias names it. */
async function ownKey(
  { name, account }: EnvironmentSettings,
  secrets: readonly DescribedSecret[],
  findKey: FindKey,
): Promise<string | undefined> {
  const ofSecrets = secrets.map(keyArn).find((arn) => arn !== undefined);
  if (ofSecrets !== undefined) return ofSecrets;
  const key = await findKey(keyAlias(name));
  return key !== undefined && isOfAccount(account, key) ? key : undefined;
}

/** Another account may have an environment of the same name. */
const isOfAccount = (account: string | undefined, arn: string): boolean =>
  account === undefined || account === arn.split(':')[4];

const setting = (name: string, arn: string | undefined): string =>
  arn === undefined ? '' : `  ${name}: '${arn}',`;

/** Secrets Manager may answer with the id alone; such a key is in the account and Region of its secret. */
function keyArn({ arn, kmsKeyId }: DescribedSecret): string | undefined {
  if (kmsKeyId === undefined || kmsKeyId.startsWith('arn:')) return kmsKeyId;
  const [, partition, , region, account] = arn.split(':');
  return `arn:${partition}:kms:${region}:${account}:key/${kmsKeyId}`;
}
