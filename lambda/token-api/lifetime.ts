import { jwtClaims } from '../../contract/jwt.ts';
import { HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import type { LifetimeUnit } from '../../contract/token-api.ts';

/** Seconds that are milliseconds are 1,000 times too many, and a Unix time is a million lifetimes. */
const MOST_BELIEVED_TIMES = 500;

/** A clock that is further off than this is looked at twice. */
const CLOCK_TOLERANCE_SECONDS = (5 * MINUTE) / SECOND;

/** As JSON writes numbers. */
const NUMBER_IN_STRING = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** What there is to tell how long an access token lives. Times in seconds since the epoch. */
export interface LifetimeProps {
  readonly token: string;
  /** Lifetimes that stand in the answer, in seconds. */
  readonly stated: readonly number[];
  /** The answer's `Date`: the API's own clock. */
  readonly date: number | undefined;
  /** Our clock. */
  readonly now: number;
  readonly configuredSeconds: number;
}

export interface Lifetime {
  /** Whole seconds, zero or less for a dead token; undefined if nothing is stated that can be believed. */
  readonly seconds: number | undefined;
  /** What was not believed. */
  readonly notes: readonly string[];
}

/** The shortest lifetime that is stated: trusting a longer one risks a dead token. */
export function lifetimeOf(props: LifetimeProps): Lifetime {
  const { stated } = props;
  const most = MOST_BELIEVED_TIMES * props.configuredSeconds;
  const jwt = jwtLifetime(props);
  // 0 and -1 stand for "never" with some; a token that itself names its end needs no such guess.
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
 * `exp` is a time by the issuer's clock. That is the clock of the answer, unless a gateway sets a wrong `Date`: then `iat`
 * is nearer to our clock. No token lives longer than from `iat` to `exp`, whatever the clocks say.
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
 * A lifetime as it stands in an answer, in seconds; undefined if it is none of that unit.
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

/** A time that is zero or less stands for "never". */
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
