import type { LookupAddress } from 'node:dns';
import type { AgentOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates } from 'node:tls';
import { RefreshError } from '../refresh/refresh-error.ts';

/** Time limits for connecting: to one address of a host, and in all. */
const CONNECT_TIMEOUT_MS = { each: 2_000, all: 4_000 };
const LOOKUP_TIMEOUT_MS = 2_000;

/** The addresses of a host. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/** PEM, for an API with its own authority or with client certificates. */
export interface TlsSettings {
  /** Certificate authorities that are trusted in addition to the usual ones. */
  readonly ca?: string;
  /** Client certificate with its chain. Requires `key`. */
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
    // In a URL, IPv6 addresses are in brackets.
    return await Promise.race([resolve(target.hostname.replace(/^\[|\]$/g, '')), tooLate]);
  } catch (error) {
    throw error instanceof RefreshError ? error : failureOf(error, false);
  } finally {
    done.abort();
  }
}

/** Time limit for a connection, TLS included. */
export const connectTimeoutMs = (addresses: readonly LookupAddress[]): number =>
  Math.min(CONNECT_TIMEOUT_MS.each * addresses.length, CONNECT_TIMEOUT_MS.all);

/** Connects to one address after the other, each with its share of the time. Node.js's default is 250 ms for all but the last. */
export const connectOptions = (
  addresses: LookupAddress[],
  { ca, ...own }: TlsSettings = {},
): AgentOptions => ({
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: Math.floor(connectTimeoutMs(addresses) / addresses.length),
  lookup: (_hostname, _options, callback) => callback(null, addresses),
  ...own,
  // `ca` replaces the usual authorities, so they are added here.
  ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
  // Explicit, because the environment could switch it off.
  rejectUnauthorized: true,
});

/** System error codes of connections that failed at once. One more try costs little. */
const QUICK_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Parts that occur in the names of all certificate errors, which differ by library and version. */
const TLS_FAILURE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|ALTNAME|EPROTO/;

/** @param sent whether the request was sent, at least in part, so that the API may have seen it. */
export function failureOf(error: unknown, sent: boolean): RefreshError {
  const { code: detail = 'unknown' } = error as NodeJS.ErrnoException;
  const fields = { detail, isBrief: QUICK_FAILURES.has(detail) };
  // Node.js's HTTP parser: the answer is not HTTP.
  if (detail.startsWith('HPE_')) return new RefreshError('AnswerNotJson', fields);
  if (sent) return new RefreshError('ApiConnectionLost', fields);
  if (detail === 'ETIMEDOUT') return new RefreshError('ApiConnectTimeout', fields);
  return new RefreshError(TLS_FAILURE.test(detail) ? 'ApiTlsFailed' : 'ApiUnreachable', fields);
}
