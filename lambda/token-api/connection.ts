import type { LookupAddress } from 'node:dns';
import type { AgentOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates } from 'node:tls';
import { RefreshError } from '../refresh/refresh-error.ts';

/** For one address of a host, and for all of them. */
const CONNECT_TIMEOUT_MS = { each: 2_000, all: 4_000 };
const LOOKUP_TIMEOUT_MS = 2_000;

/** The addresses of a host. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/** PEM, for an API with certificates of its own. */
export interface TlsSettings {
  /** Authorities that are trusted beside the usual ones. */
  readonly ca?: string;
  /** Certificate that is shown to the API, with its chain; goes with `key`. */
  readonly cert?: string;
  readonly key?: string;
}

/** @throws RefreshError `ApiUnreachable` or `ApiConnectTimeout`. */
export async function addressesOf(
  target: URL,
  resolve: Resolve,
  timeoutMs: number,
): Promise<LookupAddress[]> {
  const done = new AbortController();
  const tooLate = sleep(Math.min(LOOKUP_TIMEOUT_MS, timeoutMs), undefined, { signal: done.signal }).then(
    () => {
      throw new RefreshError('ApiConnectTimeout', { detail: 'no address' });
    },
  );
  try {
    // IPv6 addresses stand in brackets in a URL.
    return await Promise.race([resolve(target.hostname.replace(/^\[|\]$/g, '')), tooLate]);
  } catch (error) {
    throw error instanceof RefreshError ? error : failureOf(error, false);
  } finally {
    done.abort();
  }
}

/** How long to wait for a connection, with TLS. */
export const connectTimeoutMs = (addresses: readonly LookupAddress[]): number =>
  Math.min(CONNECT_TIMEOUT_MS.each * addresses.length, CONNECT_TIMEOUT_MS.all);

/** Each address has its turn: by itself Node.js gives up each but the last after 250 ms. */
export const connectOptions = (
  addresses: LookupAddress[],
  { ca, ...own }: TlsSettings = {},
): AgentOptions => ({
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: Math.floor(connectTimeoutMs(addresses) / addresses.length),
  lookup: (_hostname, _options, callback) => callback(null, addresses),
  ...own,
  // `ca` alone would take the place of the usual authorities.
  ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
  // Said, for the environment could say otherwise.
  rejectUnauthorized: true,
});

/** System error codes of a connection that was turned away at once: one more try costs little. */
const QUICK_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Names of certificate errors differ by library and version; all of them carry one of these marks. */
const TLS_FAILURE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|ALTNAME|EPROTO/;

/** @param sent the request was, in part at least: the API may have seen it. */
export function failureOf(error: unknown, sent: boolean): RefreshError {
  const { code: detail = 'unknown' } = error as NodeJS.ErrnoException;
  const fields = { detail, blip: QUICK_FAILURES.has(detail) };
  // By Node's parser: what came is not HTTP.
  if (detail.startsWith('HPE_')) return new RefreshError('AnswerNotJson', fields);
  if (sent) return new RefreshError('ApiConnectionLost', fields);
  if (detail === 'ETIMEDOUT') return new RefreshError('ApiConnectTimeout', fields);
  return new RefreshError(TLS_FAILURE.test(detail) ? 'ApiTlsFailed' : 'ApiUnreachable', fields);
}
