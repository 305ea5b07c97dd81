import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsErrorName, within } from './aws.ts';
import { RefreshError } from './errors.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where credentials are kept. */
export interface CredentialsStore {
  /** The version that is AWSCURRENT, without decrypting anything; undefined: no value was ever stored. */
  currentVersion(secretId: string, timeoutMs: number): Promise<string | undefined>;
  /** The credentials of one version. */
  read(secretId: string, versionId: string, timeoutMs: number): Promise<Credentials>;
}

/** Credentials in Secrets Manager. Both methods throw RefreshError `CredentialsUnreadable`. */
export function secretsManagerStore(client: SecretsManagerClient): CredentialsStore {
  return {
    async currentVersion(secretId, timeoutMs) {
      const answer = await client
        .send(new DescribeSecretCommand({ SecretId: secretId }), within(timeoutMs))
        .catch(unreadable);
      const versions = Object.entries(answer.VersionIdsToStages ?? {});
      return versions.find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
    },
    async read(secretId, versionId, timeoutMs) {
      const answer = await client
        .send(new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId }), within(timeoutMs))
        .catch(unreadable);
      return parseCredentials(answer.SecretString);
    },
  };
}

function unreadable(error: unknown): never {
  throw new RefreshError('CredentialsUnreadable', { detail: awsErrorName(error) });
}

/**
 * @param value the secret's string; empty or absent counts as not set yet.
 * @throws RefreshError `NoCredentials` or `CredentialsMalformed`; names the field, never a value.
 */
export function parseCredentials(value: string | undefined): Credentials {
  if (value === undefined || value.trim() === '') throw new RefreshError('NoCredentials');
  const fields = parseObject(value);
  return { username: field(fields, 'username'), password: field(fields, 'password') };
}

function parseObject(value: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // JSON.parse's message quotes the text: it must not get out.
  }
  throw new RefreshError('CredentialsMalformed', { detail: 'the secret is not a JSON object' });
}

function field(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  const what = value === undefined ? 'is missing' : value === '' ? 'is empty' : 'is not a string';
  throw new RefreshError('CredentialsMalformed', { detail: `field ${name} ${what}` });
}
