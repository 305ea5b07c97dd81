import type { IncomingHttpHeaders } from 'node:http';
import { DAY, SECOND } from '../../contract/times.ts';
import { httpDate } from './http-date.ts';

/** Nobody means longer: it is a Unix time, milliseconds, or nonsense. */
const LONGEST_SECONDS = DAY / SECOND;

/** A number from here on is a Unix time, and from there on one in milliseconds. */
const UNIX_TIME = { seconds: 1e9, milliseconds: 1e12 };

/**
 * Headers that say when a limit ends, in seconds from now or as a Unix time. One vendor's seconds are another's Unix time
 * under the same name, but the numbers cannot be confused.
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
  /** The answer is about a limit. Some vendors name the end of the current period in every answer. */
  readonly isThrottle: boolean;
  /** In seconds since the epoch, on the API's clock if that is known. */
  readonly now: number;
}

/** When the API asks to be called again, in whole seconds from now; undefined if it does not, or not in earnest. */
export function comeAgainInSeconds({ headers, isThrottle, now }: ComeAgainProps): number | undefined {
  // RFC 9110, section 10.2.3: seconds or an HTTP date, and no Unix time.
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
