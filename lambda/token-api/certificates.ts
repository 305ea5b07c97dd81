import type { Clock } from '../../contract/clock.ts';
import type { CredentialsStore } from '../aws/credentials.ts';
import type { TlsSettings } from './connection.ts';

/**
 * The certificates that stand beside the credentials: read once for each version of the secret, and those last known
 * when Secrets Manager does not answer or a new version cannot be used.
 */
export function certificatesOf(
  store: CredentialsStore,
  secretId: string,
  clock: Clock,
): (timeoutMs: number) => Promise<TlsSettings | undefined> {
  let known: { readonly versionId: string; readonly tls: TlsSettings | undefined } | undefined;
  return async (timeoutMs) => {
    const end = clock.now() + timeoutMs;
    try {
      const versionId = await store.currentVersion(secretId, timeoutMs);
      if (versionId !== undefined && versionId !== known?.versionId) {
        known = { versionId, tls: (await store.read(secretId, versionId, end - clock.now())).tls };
      }
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known?.tls;
  };
}
