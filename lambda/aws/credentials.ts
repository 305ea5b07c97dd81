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

/** Reads the credentials secret of one token. `lambda/token-api/credentials.ts` parses the value. */
export interface CredentialsStore {
  /** Id of the version that is AWSCURRENT, without decrypting it; undefined: no value was stored yet. */
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
