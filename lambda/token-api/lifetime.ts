import { jwtClaims } from '../../contract/jwt.ts';
import { MINUTE, SECOND } from '../../contract/times.ts';

/** Seconds that are milliseconds are 1,000 times too many, and a Unix time is a million lifetimes. */
const MOST_BELIEVED_TIMES = 500;

/** A clock that is further off than this is looked at twice. */
const CLOCK_TOLERANCE_SECONDS = (5 * MINUTE) / SECOND;

/** As JSON writes numbers. */
const NUMBER_IN_STRING = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** What there is to tell how long an access token lives. Times in seconds since the epoch. */
export interface StatedLifetime {
  readonly token: string;
  /** Lifetimes as they stand in the answer: numbers or strings of seconds, or whatever else. */
  readonly fields: readonly unknown[];
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
export function lifetimeOf(stated: StatedLifetime): Lifetime {
  const most = MOST_BELIEVED_TIMES * stated.configuredSeconds;
  const fields = stated.fields.map(numberOf).filter((seconds) => seconds !== undefined);
  const jwt = jwtLifetime(stated);
  // 0 and -1 stand for "never" with some; a token that itself names its end needs no such guess.
  const lifetimes = jwt === undefined ? fields : [jwt.seconds, ...fields.filter((seconds) => seconds > 0)];
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
function jwtLifetime({ token, date, now }: StatedLifetime): { seconds: number; notes: string[] } | undefined {
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

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER_IN_STRING.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const iso = (seconds: number): string => new Date(seconds * SECOND).toISOString();
