import { DAY, HOUR, MINUTE, SECOND } from '../contract/times.ts';
import { drainSeconds, marginSeconds } from '../lib/settings/margin.ts';
import type { Fault } from './faults.ts';
import { seededRandom } from './random.ts';
import { randomOutage } from './random-outage.ts';
import { arithmeticLimit, tickTimes } from './schedule.ts';
import { timesWithoutToken, total } from './simulation.ts';
import { START, type Times } from './world.ts';

const MEAN_PAUSE = 7 * DAY;
const LENGTH = { least: MINUTE, most: 2 * HOUR };

/** What one outage may cost beyond the arithmetic limit: a pause, an attempt, the queue. */
const ALLOWANCE_PER_OUTAGE = 40 * SECOND;

export interface YearProps {
  readonly seed: number;
  readonly years: number;
  readonly times: Times;
  /** Each tick comes from 0 to so many milliseconds late. */
  readonly latenessMs: number;
}

/** A year's sums, in milliseconds without a valid token. */
export interface Year {
  readonly outages: number;
  readonly outagesMs: number;
  readonly outagesBeyondMargin: number;
  readonly oursMs: number;
  readonly plainMs: number;
  /** What no refresher on this schedule can do better than. */
  readonly limitMs: number;
  readonly allowedMs: number;
}

export async function simulateYear({ seed, years, times, latenessMs }: YearProps): Promise<Year> {
  const { intervalSeconds, accessTokenLifetimeSeconds } = times;
  const random = seededRandom(seed);
  const until = START + years * 365 * DAY;
  const ticks = tickTimes({ from: START, to: until, intervalSeconds, lateness: () => random() * latenessMs });
  const outages = randomOutages(random, until);
  const scenario = { seed, times, ticks, faults: outages, until };
  const margin = marginSeconds(times, drainSeconds(1, false)) * SECOND;
  const beyondMargin = outages.filter(({ from, to }) => to - from > margin).length;
  const limitMs = arithmeticLimit({ ticks, outages, accessTokenLifetimeSeconds });
  return {
    outages: outages.length,
    outagesMs: total(outages),
    outagesBeyondMargin: beyondMargin,
    oursMs: total(await timesWithoutToken('ours', scenario)),
    plainMs: total(await timesWithoutToken('plain', scenario)),
    limitMs,
    allowedMs: limitMs + beyondMargin * ALLOWANCE_PER_OUTAGE,
  };
}

/** About one a week, from a minute to two hours; as many of them last under as over eleven minutes. */
function randomOutages(random: () => number, until: number): Fault[] {
  const outages: Fault[] = [];
  let from = START;
  for (;;) {
    from += MINUTE - Math.log(1 - random()) * MEAN_PAUSE;
    const length = LENGTH.least * (LENGTH.most / LENGTH.least) ** random();
    const to = from + length;
    if (to >= until - DAY) return outages;
    outages.push({ ...randomOutage(random), from, to });
    from = to;
  }
}
