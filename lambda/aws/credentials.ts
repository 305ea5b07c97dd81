import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsErrorName } from '../../contract/aws-error-name.ts';
import { parseObject } from '../../contract/json-object.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import type { TlsSettings } from '../token-api/http.ts';
import { within } from './sdk.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** What the API's certificates take, if the secret says. */
  readonly tls?: TlsSettings;
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
 * Reads `{"username", "password"}`; `ca`, `cert` and `key`, as PEM, are for an API with certificates of its own.
 *
 * @param value the secret's string; empty or absent counts as not set yet.
 * @throws RefreshError `NoCredentials` or `CredentialsMalformed`; names the field, never a value.
 */
export function parseCredentials(value: string | undefined): Credentials {
  if (value === undefined || value.trim() === '') throw new RefreshError('NoCredentials');
  const fields = parseObject(value);
  if (fields === undefined) {
    throw new RefreshError('CredentialsMalformed', { detail: 'the secret is not a JSON object' });
  }
  const tls = tlsSettings(fields);
  return {
    username: field(fields, 'username'),
    password: field(fields, 'password'),
    ...(tls !== undefined && { tls }),
  };
}

function field(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  const what = value === undefined ? 'is missing' : value === '' ? 'is empty' : 'is not a string';
  throw new RefreshError('CredentialsMalformed', { detail: `field ${name} ${what}` });
}

const TLS_FIELDS = ['ca', 'cert', 'key'] as const;

/** @throws RefreshError `CredentialsMalformed` if the certificates cannot be used; undefined: there are none. */
function tlsSettings(fields: Readonly<Record<string, unknown>>): TlsSettings | undefined {
  const given = TLS_FIELDS.filter((name) => fields[name] !== undefined);
  if (given.length === 0) return undefined;
  const tls: TlsSettings = Object.fromEntries(given.map((name) => [name, field(fields, name)]));
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new RefreshError('CredentialsMalformed', { detail: 'fields cert and key go together' });
  }
  try {
    // A secure context takes any text for an authority.
    if (tls.ca !== undefined) new X509Certificate(tls.ca);
    createSecureContext({ ...tls });
  } catch {
    // OpenSSL's messages are of no use to whoever stores credentials.
    throw new RefreshError('CredentialsMalformed', { detail: `not usable as PEM: ${given.join(', ')}` });
  }
  return tls;
}
