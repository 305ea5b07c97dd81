import type { TokenSettings } from '../../contract/function-settings.ts';
import {
  LIMITS,
  LOGIN_PAUSE_JITTER,
  loginPauseCapSeconds,
  MINUTE,
  pauseCapSeconds,
  SECOND,
} from '../../contract/times.ts';
import type { TokenApiSettings } from '../../contract/token-api.ts';
import type { Complete, Fields } from './parser.ts';
import { REFUSED, type Refused, type SettingPath } from './setting-error.ts';
import type { TokenProps } from './settings.ts';

/** Least remaining lifetime of a token when its successor is stored. */
export const LEAST_MARGIN_SECONDS = 60;

const WRITES_PER_REFRESH = 2;

/**
 * PutParameter calls per second, one quota for the account and Region.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
const WRITES_PER_SECOND = { default: 3, higherThroughput: 10 } as const;

const MINUTE_SECONDS = MINUTE / SECOND;

/** How long it takes Parameter Store to accept the writes of all of an environment's tokens, refreshed at once. */
export function drainSeconds(tokens: number, higherThroughput: boolean): number {
  return (tokens * WRITES_PER_REFRESH) / WRITES_PER_SECOND[higherThroughput ? 'higherThroughput' : 'default'];
}

type Times = Pick<TokenSettings, 'intervalSeconds' | 'accessTokenLifetimeSeconds'>;

/** How long a failed attempt waits for the next one at most, in seconds, at that interval. */
type LongestPause = (intervalSeconds: number) => number;

/**
 * Remaining lifetime of a token when its successor is stored, with a late schedule and a slow attempt. A consumer that caches
 * for less than this never uses an expired token while everything works.
 */
export function marginSeconds({ intervalSeconds, accessTokenLifetimeSeconds }: Times, drain: number): number {
  return accessTokenLifetimeSeconds - intervalSeconds - delaySeconds(drain);
}

/**
 * The longest outage of the token API during which every consumer has a live token, whenever the outage begins. A refresh
 * follows its end within the longest pause between two attempts. Negative: no outage is survived.
 */
export function survivableSeconds(times: Times, drain: number, longestPause: LongestPause): number {
  return marginSeconds(times, drain) - longestPause(times.intervalSeconds);
}

/** If tokens are renewed by login only, the pauses between logins count, which are longer for an account. */
export const longestPauseOf =
  ({ refresh, renewBy, as }: TokenApiSettings): LongestPause =>
  (intervalSeconds) =>
    refresh !== undefined && renewBy === 'refresh'
      ? pauseCapSeconds(intervalSeconds)
      : loginPauseCapSeconds(as, intervalSeconds) * (1 + LOGIN_PAUSE_JITTER);

/** The longest interval, in whole minutes, that survives an outage of so many seconds; undefined: none does. */
export function intervalToSurvive(
  outageSeconds: number,
  {
    lifetimeSeconds,
    drain,
    leastMinutes,
    longestPause,
  }: { lifetimeSeconds: number; drain: number; leastMinutes: number; longestPause: LongestPause },
): number | undefined {
  const survives = (minutes: number) =>
    survivableSeconds(
      { intervalSeconds: minutes * MINUTE_SECONDS, accessTokenLifetimeSeconds: lifetimeSeconds },
      drain,
      longestPause,
    ) >= outageSeconds;
  for (let minutes = Math.floor(lifetimeSeconds / MINUTE_SECONDS); minutes >= leastMinutes; minutes--) {
    if (survives(minutes)) return minutes;
  }
  return undefined;
}

/** The longest interval, in whole minutes, that leaves the least margin; may be too short to be allowed. */
export function longestIntervalMinutes(accessTokenLifetimeSeconds: number, drain: number): number {
  return Math.floor(
    (accessTokenLifetimeSeconds - delaySeconds(drain) - LEAST_MARGIN_SECONDS) / MINUTE_SECONDS,
  );
}

/** The shortest lifetime that leaves the least margin at this interval. */
export function shortestLifetimeSeconds(intervalSeconds: number, drain: number): number {
  return Math.ceil(intervalSeconds + delaySeconds(drain) + LEAST_MARGIN_SECONDS);
}

const delaySeconds = (drain: number): number =>
  LIMITS.schedulePrecisionSeconds + LIMITS.attemptSeconds + drain;

/** EventBridge Scheduler's rate() takes whole minutes. */
export const shortestIntervalMinutes = (local: boolean): number => (local ? 1 : 2);

/** What a margin depends on beside the times of the token. */
export interface Load {
  readonly tokens: number;
  readonly higherThroughput: boolean | Refused;
  /** Allows what only the local run may use: an interval of one minute, and plain http on loopback. */
  readonly local: boolean;
}

type TokenTimes = Fields<
  Complete<Pick<TokenProps, 'interval' | 'accessTokenLifetime' | 'surviveOutage'>, 'surviveOutage'> & {
    readonly api: TokenApiSettings;
  }
>;

/** A token must outlive its interval by the least margin, and survive the outage named by `surviveOutage`. */
export function checkTimes(path: SettingPath, token: TokenTimes, load: Load): void {
  const { interval, accessTokenLifetime: lifetime, surviveOutage } = token;
  const { tokens, higherThroughput, local } = load;
  if (interval === REFUSED || lifetime === REFUSED || higherThroughput === REFUSED) return;
  const times = { intervalSeconds: interval.toSeconds(), accessTokenLifetimeSeconds: lifetime.toSeconds() };
  const drain = drainSeconds(tokens, higherThroughput);
  const schedule = { ...times, drain, leastMinutes: shortestIntervalMinutes(local) };
  const margin = marginSeconds(schedule, drain);
  if (margin < LEAST_MARGIN_SECONDS) {
    const rule =
      `must leave at least ${LEAST_MARGIN_SECONDS} s of the access token's lifetime of ${lifetime.toSeconds()} s ` +
      `after a late schedule, a slow attempt and the writes of all tokens (${tokens}): ${remedyOf(schedule)}`;
    const left = margin < 0 ? 'which leave nothing' : `which leave ${Math.floor(margin)} s`;
    const isShorter = lifetime.toSeconds() < interval.toSeconds();
    const result = isShorter ? 'and the lifetime is shorter than the interval' : left;
    path.to('interval').refuse(rule, `${interval.toMinutes()} minutes, ${result}`);
  }
  if (!surviveOutage || token.api === REFUSED) return;
  const longestPause = longestPauseOf(token.api);
  checkOutage(path.to('surviveOutage'), surviveOutage.toSeconds(), { ...schedule, longestPause });
}

interface Schedule extends Times {
  readonly drain: number;
  readonly leastMinutes: number;
}

function remedyOf({ intervalSeconds, accessTokenLifetimeSeconds, drain, leastMinutes }: Schedule): string {
  const minutes = longestIntervalMinutes(accessTokenLifetimeSeconds, drain);
  if (minutes >= leastMinutes) return `set it to at most ${minutes} minutes`;
  return `no interval does; it takes a lifetime of at least ${shortestLifetimeSeconds(intervalSeconds, drain)} s`;
}

function checkOutage(
  path: SettingPath,
  outage: number,
  { drain, leastMinutes, longestPause, ...times }: Schedule & { readonly longestPause: LongestPause },
): void {
  const lifetimeSeconds = times.accessTokenLifetimeSeconds;
  const survivable = Math.floor(survivableSeconds(times, drain, longestPause));
  const shortest = { ...times, intervalSeconds: leastMinutes * MINUTE_SECONDS };
  const most = Math.floor(survivableSeconds(shortest, drain, longestPause));
  // Without any, the margin is refused as well, and that error says what it takes.
  if (outage <= survivable || most <= 0) return;
  const minutes = intervalToSurvive(outage, {
    lifetimeSeconds,
    drain,
    leastMinutes,
    longestPause,
  });
  const remedy =
    minutes === undefined
      ? `no interval gives more than the ${most} s of ${leastMinutes} minutes`
      : `an interval of ${minutes} minutes would do`;
  const limit = survivable > 0 ? `must be at most ${survivable} s` : 'must be left out';
  const given = `an interval of ${times.intervalSeconds / MINUTE_SECONDS} minutes and a lifetime of ${lifetimeSeconds} s`;
  path.refuse(`${limit} with ${given}: ${remedy}`, `${outage} s`);
}
