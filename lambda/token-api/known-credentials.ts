import type { Clock } from '../../contract/clock.ts';
import type { CredentialsStore, SecretValue } from '../aws/credentials.ts';
import type { Credentials } from './credentials.ts';

export interface KnownCredentialsProps {
  readonly store: CredentialsStore;
  readonly secretId: string;
  readonly clock: Clock;
  readonly parse: (value: SecretValue) => Promise<Credentials>;
}

/**
 * The fields of the secret that a refresh sends, and the certificates. Read once per version of the secret. If Secrets
 * Manager does not answer or a new version is unusable, the last known ones are used.
 */
export function knownCredentials({
  store,
  secretId,
  clock,
  parse,
}: KnownCredentialsProps): (timeoutMs: number) => Promise<Credentials | undefined> {
  let known: { readonly versionId: string; readonly credentials: Credentials } | undefined;
  return async (timeoutMs) => {
    const end = clock.now() + timeoutMs;
    try {
      const versionId = await store.currentVersion(secretId, timeoutMs);
      if (versionId !== undefined && versionId !== known?.versionId) {
        const value = await store.read(secretId, versionId, end - clock.now());
        known = { versionId, credentials: await parse(value) };
      }
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known?.credentials;
  };
}
