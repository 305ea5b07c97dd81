import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, MINUTE, pauseCapSeconds, SECOND } from '../../contract/times.ts';

/** The least that must be left of a token's lifetime when its successor is stored. */
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

export type Times = Pick<TokenSettings, 'intervalSeconds' | 'accessTokenLifetimeSeconds'>;

/**
 * What is left of a token's lifetime when its successor is stored, the schedule being late and the attempt slow:
 * a consumer that caches for less than this never serves a dead token while all is well.
 */
export function marginSeconds({ intervalSeconds, accessTokenLifetimeSeconds }: Times, drain: number): number {
  return accessTokenLifetimeSeconds - intervalSeconds - delaySeconds(drain);
}

/**
 * The longest outage of the token API that leaves no consumer without a live token, at whatever moment it begins: a
 * refresh follows its end within the longest pause between two attempts. Negative: none.
 */
export function survivableSeconds(times: Times, drain: number): number {
  return marginSeconds(times, drain) - pauseCapSeconds(times.intervalSeconds);
}

/** The longest interval, in whole minutes, that survives an outage of so many seconds; undefined: none does. */
export function intervalToSurvive(
  outageSeconds: number,
  { lifetimeSeconds, drain, leastMinutes }: { lifetimeSeconds: number; drain: number; leastMinutes: number },
): number | undefined {
  const survives = (minutes: number) =>
    survivableSeconds(
      { intervalSeconds: minutes * MINUTE_SECONDS, accessTokenLifetimeSeconds: lifetimeSeconds },
      drain,
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
