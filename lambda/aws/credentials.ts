import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsErrorName } from '../../contract/aws-error-name.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { within } from './sdk.ts';

/** A secret's string or bytes; undefined: it has no value. */
export type SecretValue = string | Uint8Array | undefined;

/** Where credentials are kept. What is in them is the token API's business. */
export interface CredentialsStore {
  /** The version that is AWSCURRENT, without decrypting anything; undefined: no value was ever stored. */
  currentVersion(secretId: string, timeoutMs: number): Promise<string | undefined>;
  /** The value of one version. */
  read(secretId: string, versionId: string, timeoutMs: number): Promise<SecretValue>;
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
      return answer.SecretString ?? answer.SecretBinary;
    },
  };
}

function unreadable(error: unknown): never {
  throw new RefreshError('CredentialsUnreadable', { detail: awsErrorName(error) });
}
