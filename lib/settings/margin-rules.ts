import { MINUTE, SECOND } from '../../contract/times.ts';
import {
  drainSeconds,
  intervalToSurvive,
  LEAST_MARGIN_SECONDS,
  longestIntervalMinutes,
  marginSeconds,
  shortestLifetimeSeconds,
  survivableSeconds,
  type Times,
} from './margin.ts';
import { REFUSED, type SettingPath } from './setting-path.ts';
import { type ReadToken, shortestInterval } from './token.ts';
import type { TokensOfEnvironment } from './tokens.ts';

interface Schedule extends Times {
  readonly tokens: number;
  readonly drain: number;
  /** The shortest interval that is allowed. */
  readonly leastMinutes: number;
}

/** A token must outlive its interval by the least margin, and the outage that it is said to survive. */
export function checkTimes({ path, parts }: ReadToken, of: TokensOfEnvironment): void {
  const { interval, accessTokenLifetime, surviveOutage } = parts;
  const { higherThroughput, tokens, local } = of;
  if (interval === REFUSED || accessTokenLifetime === REFUSED || higherThroughput === REFUSED) return;
  const schedule: Schedule = {
    intervalSeconds: interval.toSeconds(),
    accessTokenLifetimeSeconds: accessTokenLifetime.toSeconds(),
    tokens: tokens.length,
    drain: drainSeconds(tokens.length, higherThroughput),
    leastMinutes: shortestInterval(local) / MINUTE,
  };
  checkMargin(path.to('interval'), schedule);
  if (surviveOutage === undefined || surviveOutage === REFUSED) return;
  checkOutage(path.to('surviveOutage'), surviveOutage.toSeconds(), schedule);
}

function checkMargin(path: SettingPath, schedule: Schedule): void {
  const { intervalSeconds, accessTokenLifetimeSeconds, tokens, drain } = schedule;
  const margin = marginSeconds(schedule, drain);
  if (margin >= LEAST_MARGIN_SECONDS) return;
  const rule =
    `must leave at least ${LEAST_MARGIN_SECONDS} s of the access token's lifetime of ${accessTokenLifetimeSeconds} s ` +
    `after a late schedule, a slow attempt and the writes of all tokens (${tokens}): ${remedy(schedule)}`;
  const isLonger = intervalSeconds > accessTokenLifetimeSeconds;
  const left = isLonger ? 'and the lifetime is shorter than the interval' : `which leave ${inWords(margin)}`;
  path.refuse(rule, `${minutesOf(schedule)} minutes, ${left}`);
}

const inWords = (margin: number): string => (margin < 0 ? 'nothing' : `${Math.floor(margin)} s`);

function remedy({ intervalSeconds, accessTokenLifetimeSeconds, drain, leastMinutes }: Schedule): string {
  const minutes = longestIntervalMinutes(accessTokenLifetimeSeconds, drain);
  if (minutes >= leastMinutes) return `set it to at most ${minutes} minutes`;
  return `no interval does; it takes a lifetime of at least ${shortestLifetimeSeconds(intervalSeconds, drain)} s`;
}

function checkOutage(path: SettingPath, outageSeconds: number, schedule: Schedule): void {
  const { accessTokenLifetimeSeconds, drain, leastMinutes } = schedule;
  const survivable = Math.floor(survivableSeconds(schedule, drain));
  const intervalSeconds = (leastMinutes * MINUTE) / SECOND;
  const best = Math.floor(survivableSeconds({ intervalSeconds, accessTokenLifetimeSeconds }, drain));
  // Without any, the margin is refused as well, and that error says what it takes.
  if (outageSeconds <= survivable || best <= 0) return;
  const limit = survivable > 0 ? `must be at most ${survivable} s` : 'must be left out';
  const minutes = intervalToSurvive(outageSeconds, {
    lifetimeSeconds: accessTokenLifetimeSeconds,
    drain,
    leastMinutes,
  });
  const advice =
    minutes === undefined
      ? `no interval gives more than the ${best} s of ${leastMinutes} minutes`
      : `an interval of ${minutes} minutes would do`;
  path.refuse(
    `${limit} with an interval of ${minutesOf(schedule)} minutes and a lifetime of ${accessTokenLifetimeSeconds} s: ${advice}`,
    `${outageSeconds} s`,
  );
}

const minutesOf = ({ intervalSeconds }: Times): number => (intervalSeconds * SECOND) / MINUTE;
