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

/**
 * What a production environment leaves that `environments.ts` does not name yet, as the settings that make the next
 * deployment use it again. Without them that deployment would fail, since the secrets exist.
 *
 * @returns lines of text; none if nothing stays.
 */
export async function whatStays(
  environment: EnvironmentSettings,
  describe: DescribeSecret,
): Promise<string[]> {
  if (environment.production !== true) return [];
  const made = environment.tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined);
  const secrets = await Promise.all(
    made.map(async ({ name }) => ({
      name,
      secret: await describe(credentialsSecret(environment.name, name)),
    })),
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
  return [...ofEnvironment, ...ofTokens].filter((line) => line !== '');
}

const setting = (name: string, arn: string | undefined): string =>
  arn === undefined ? '' : `  ${name}: '${arn}',`;

/** Secrets Manager may answer with the id alone; such a key is in the account and Region of its secret. */
function keyArn({ arn, kmsKeyId }: DescribedSecret): string | undefined {
  if (kmsKeyId === undefined || kmsKeyId.startsWith('arn:')) return kmsKeyId;
  const [, partition, , region, account] = arn.split(':');
  return `arn:${partition}:kms:${region}:${account}:key/${kmsKeyId}`;
}
