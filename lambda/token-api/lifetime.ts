import { jwtClaims } from '../../contract/jwt.ts';
import { HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import type { LifetimeUnit } from '../../contract/token-api.ts';

/** Larger numbers are not seconds: milliseconds are 1,000 times too large, a Unix time a million times. */
const MOST_BELIEVED_TIMES = 500;

/** Difference between two clocks that is tolerated. */
const CLOCK_TOLERANCE_SECONDS = (5 * MINUTE) / SECOND;

/** A number in JSON's notation. */
const NUMBER_IN_STRING = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Everything that states an access token's lifetime. Times in seconds since the epoch. */
export interface LifetimeProps {
  readonly token: string;
  /** Lifetimes stated by the answer, in seconds. */
  readonly stated: readonly number[];
  /** The answer's `Date` header, which is the API's clock. */
  readonly date: number | undefined;
  /** The function's clock. */
  readonly now: number;
  readonly configuredSeconds: number;
}

export interface Lifetime {
  /** Whole seconds, zero or less for an expired token; undefined if nothing plausible is stated. */
  readonly seconds: number | undefined;
  /** Statements that were not believed. */
  readonly notes: readonly string[];
}

/** The shortest stated lifetime, because trusting a longer one risks an expired token. */
export function lifetimeOf(props: LifetimeProps): Lifetime {
  const { stated } = props;
  const most = MOST_BELIEVED_TIMES * props.configuredSeconds;
  const jwt = jwtLifetime(props);
  // For some APIs 0 and -1 mean "never". With an `exp` in the token there is no need to guess.
  const lifetimes = jwt === undefined ? stated : [jwt.seconds, ...stated.filter((seconds) => seconds > 0)];
  const believed = lifetimes.filter((seconds) => seconds <= most);
  return {
    seconds: believed.length === 0 ? undefined : Math.floor(Math.min(...believed)),
    notes: [
      ...(jwt?.notes ?? []),
      ...(believed.length < lifetimes.length
        ? [`a lifetime of more than ${MOST_BELIEVED_TIMES} times the configured one is not believed`]
        : []),
    ],
  };
}

/**
 * Lifetime by `exp`, a time by the issuer's clock. The answer's `Date` shows that clock, unless a gateway sets a wrong one:
 * then `iat` is closer to the function's clock. A token never lives longer than from `iat` to `exp`.
 */
function jwtLifetime({ token, date, now }: LifetimeProps): { seconds: number; notes: string[] } | undefined {
  const { exp, iat } = jwtClaims(token);
  if (exp === undefined) return undefined;
  if (iat === undefined || iat >= exp) return { seconds: exp - (date ?? now), notes: [] };
  if (date === undefined) return { seconds: exp - iat, notes: [] };
  const isDateWrong =
    Math.abs(date - now) > CLOCK_TOLERANCE_SECONDS && Math.abs(iat - now) < Math.abs(iat - date);
  return {
    seconds: Math.min(exp - iat, exp - (isDateWrong ? now : date)),
    notes: isDateWrong ? [`the answer's Date ${iso(date)} is not believed: here it is ${iso(now)}`] : [],
  };
}

/**
 * Parses a lifetime from an answer into seconds; undefined if it is not in that unit.
 *
 * @param now the API's clock, in seconds since the epoch.
 */
export function secondsOf(value: unknown, unit: LifetimeUnit, now: number): number | undefined {
  if (unit === 'hms') return secondsOfClock(value);
  if (unit === 'iso') return until(typeof value === 'string' ? Date.parse(value) / SECOND : undefined, now);
  const number = numberOf(value);
  if (number === undefined) return undefined;
  if (unit === 'epoch' || unit === 'epochMs') return until(number * SECONDS_PER[unit], now);
  return number * SECONDS_PER[unit];
}

const SECONDS_PER = { s: 1, ms: 1 / SECOND, min: MINUTE / SECOND, epoch: 1, epochMs: 1 / SECOND } as const;

/** A time of zero or less means "never". */
const until = (time: number | undefined, now: number): number | undefined =>
  time !== undefined && time > 0 ? time - now : undefined;

function secondsOfClock(value: unknown): number | undefined {
  const [, hours, minutes, seconds] = (typeof value === 'string' && HOURS_MINUTES_SECONDS.exec(value)) || [];
  if (hours === undefined) return undefined;
  return (Number(hours) * HOUR + Number(minutes) * MINUTE) / SECOND + Number(seconds);
}

const HOURS_MINUTES_SECONDS = /^(\d{1,6}):([0-5]\d):([0-5]\d(?:\.\d+)?)$/;

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER_IN_STRING.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const iso = (seconds: number): string => new Date(seconds * SECOND).toISOString();
