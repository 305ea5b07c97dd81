import type { IncomingHttpHeaders } from 'node:http';
import { DAY, SECOND } from '../../contract/times.ts';
import { httpDate } from './http-date.ts';

/** Larger numbers are not seconds but a Unix time, milliseconds, or nonsense. */
const LONGEST_SECONDS = DAY / SECOND;

/** From `seconds` on a number is a Unix time, from `milliseconds` on a Unix time in milliseconds. */
const UNIX_TIME = { seconds: 1e9, milliseconds: 1e12 };

/**
 * Headers that say when a limit ends, in seconds from now or as a Unix time. Vendors use the same names for both, but the
 * magnitudes differ.
 */
const RESET_HEADERS = [
  // Kong, Envoy, express-rate-limit (drafts of the IETF): seconds. GitLab: Unix time.
  'ratelimit-reset',
  // Symfony, MailerLite: seconds.
  'x-ratelimit-retry-after',
  // Discord: seconds, with a fraction.
  'x-ratelimit-reset-after',
  // GitHub, Auth0, Intercom, SendGrid: Unix time. Zalando: seconds. Rocket.Chat: Unix time in milliseconds.
  'x-ratelimit-reset',
  // Okta, X: Unix time.
  'x-rate-limit-reset',
] as const;

export interface ComeAgainProps {
  readonly headers: IncomingHttpHeaders;
  /** Whether the answer is about a limit. Some vendors send these headers with every answer. */
  readonly isThrottle: boolean;
  /** In seconds since the epoch, on the API's clock if that is known. */
  readonly now: number;
}

/** Whole seconds that the API asks to wait; undefined if it does not ask, or if the value is implausible. */
export function comeAgainInSeconds({ headers, isThrottle, now }: ComeAgainProps): number | undefined {
  // RFC 9110, section 10.2.3: seconds or an HTTP date, never a Unix time.
  const retryAfter = headers['retry-after'];
  const asked = [numberOf(retryAfter) ?? until(httpDate(retryAfter), now)];
  if (isThrottle) asked.push(...RESET_HEADERS.map((name) => resetIn(headers[name], now)));
  return asked
    .map((seconds) => seconds && Math.ceil(seconds))
    .find((seconds) => seconds !== undefined && seconds <= LONGEST_SECONDS);
}

function resetIn(header: string | readonly string[] | undefined, now: number): number | undefined {
  const value = header?.toString();
  const number = numberOf(value);
  if (number === undefined) return until(httpDate(value), now);
  if (number < UNIX_TIME.seconds) return number;
  return until(number < UNIX_TIME.milliseconds ? number : number / SECOND, now);
}

const until = (time: number | undefined, now: number): number | undefined =>
  time === undefined ? undefined : Math.max(0, time - now);

const numberOf = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
