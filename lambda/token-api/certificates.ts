import type { Clock } from '../../contract/clock.ts';
import type { CredentialsStore, SecretValue } from '../aws/credentials.ts';
import type { TlsSettings } from './connection.ts';
import type { Credentials } from './credentials.ts';

export interface CertificatesProps {
  readonly store: CredentialsStore;
  readonly secretId: string;
  readonly clock: Clock;
  readonly parse: (value: SecretValue) => Credentials;
}

/**
 * The certificates that stand beside the credentials: read once for each version of the secret, and those last known
 * when Secrets Manager does not answer or a new version cannot be used.
 */
export function certificatesOf({
  store,
  secretId,
  clock,
  parse,
}: CertificatesProps): (timeoutMs: number) => Promise<TlsSettings | undefined> {
  let known: { readonly versionId: string; readonly tls: TlsSettings | undefined } | undefined;
  return async (timeoutMs) => {
    const end = clock.now() + timeoutMs;
    try {
      const versionId = await store.currentVersion(secretId, timeoutMs);
      if (versionId !== undefined && versionId !== known?.versionId) {
        const value = await store.read(secretId, versionId, end - clock.now());
        known = { versionId, tls: parse(value).tls };
      }
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known?.tls;
  };
}
