import { MINUTE, SECOND } from '../contract/times.ts';
import type { Fault, Span, Trouble } from './faults.ts';
import { seededRandom } from './random.ts';
import { HANGS, randomOutage } from './random-outage.ts';
import { arithmeticLimit, tickTimes } from './schedule.ts';
import { type Scenario, timesWithoutToken, total, type Who } from './simulation.ts';
import { type ApiTraits, START, type Times } from './world.ts';

export interface SearchProps {
  readonly who: Who;
  readonly outageMs: number;
  /** How the token API is down. Default: in whichever way is worst. */
  readonly how?: Trouble;
  readonly times: Times;
  /** Default: as the settings expect it. */
  readonly api?: ApiTraits;
  /** Each tick comes from 0 to so many milliseconds late. */
  readonly latenessMs: number;
  /** Whether the first run that starts after the outage crashes. */
  readonly withCrash: boolean;
  readonly seed: number;
  /** How far apart the moments are that are looked at first, in milliseconds. */
  readonly stepMs: number;
  /** How many moments near the worst of those are looked at then. */
  readonly tries: number;
}

export interface Found {
  readonly withoutTokenMs: number;
  /** The least that any refresher on this schedule could have at its own worst moment, in milliseconds. */
  readonly limitMs: number;
  readonly outage: Span;
  readonly scenario: Scenario;
}

/** When an outage begins, and all else that may make it worse. */
interface Moment {
  readonly from: number;
  readonly how: Trouble;
  /** Of the first two ticks, in milliseconds; later ones are on time. */
  readonly lateness: readonly [number, number];
  readonly crashAfterAwaits: number;
  readonly seed: number;
}

type Played = Found & { readonly moment: Moment };

/** More than a run has. */
const MOST_AWAITS = 20;

/**
 * Looks for the moment at which an outage costs most: first step by step from one tick to the next, with early and late
 * ticks; then at random around the worst of those.
 */
export async function worstMoment(props: SearchProps): Promise<Found> {
  const random = seededRandom(props.seed);
  const [first, ...others] = firstMoments(props);
  if (first === undefined) throw new Error('no moment to look at');
  let worst = await play(props, first);
  let { limitMs } = worst;
  const look = async (moment: Moment): Promise<void> => {
    const played = await play(props, moment);
    limitMs = Math.max(limitMs, played.limitMs);
    if (played.withoutTokenMs > worst.withoutTokenMs) worst = played;
  };
  for (const moment of others) await look(moment);
  for (let tried = 0; tried < props.tries; tried++) await look(near(worst.moment, props, random));
  return { ...worst, limitMs };
}

function firstMoments({ how = HANGS, times, latenessMs, stepMs, seed }: SearchProps): Moment[] {
  const onTimeOrLate = [...new Set([0, latenessMs])];
  return onTimeOrLate.flatMap((first) =>
    onTimeOrLate.flatMap((second) => {
      const secondTick = times.intervalSeconds * SECOND + second;
      const steps = Math.floor((secondTick - 1) / stepMs);
      const starts = Array.from({ length: steps }, (_, step) => (step + 1) * stepMs);
      return [...starts, secondTick - 1].map(
        (from): Moment => ({
          from,
          how,
          lateness: [first, second],
          crashAfterAwaits: 0,
          seed,
        }),
      );
    }),
  );
}

/** Mostly the same moment with other luck: how the API is down, jitter, which await a run dies at. */
function near({ from, lateness }: Moment, { how, latenessMs }: SearchProps, random: () => number): Moment {
  const reach = random() < 0.7 ? 0 : 20 * SECOND;
  const moved = (value: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.round(value + (random() * 2 - 1) * reach)));
  return {
    from: moved(from, MINUTE, Number.POSITIVE_INFINITY),
    how: how ?? randomOutage(random),
    lateness: [moved(lateness[0], 0, latenessMs), moved(lateness[1], 0, latenessMs)],
    crashAfterAwaits: Math.floor(random() * MOST_AWAITS),
    seed: Math.floor(random() * 2 ** 31),
  };
}

async function play(props: SearchProps, moment: Moment): Promise<Played> {
  const { who, times, api, outageMs, withCrash } = props;
  const { accessTokenLifetimeSeconds, intervalSeconds } = times;
  const outage = { from: START + moment.from, to: START + moment.from + outageMs };
  // Until then two more ticks have come, one of them after any wait of the other.
  const until = outage.to + (accessTokenLifetimeSeconds + 2 * intervalSeconds) * SECOND;
  const lateness = (tick: number): number => moment.lateness[tick] ?? 0;
  const ticks = tickTimes({ from: START, to: until, intervalSeconds, lateness });
  const faults: Fault[] = [{ ...moment.how, ...outage }];
  if (withCrash) faults.push(crashAfter(outage, moment.crashAfterAwaits));
  const scenario: Scenario = { seed: moment.seed, times, api, ticks, faults, until };
  return {
    withoutTokenMs: total(await timesWithoutToken(who, scenario)),
    limitMs: arithmeticLimit({ ticks, outages: [outage], accessTokenLifetimeSeconds }),
    outage,
    scenario,
    moment,
  };
}

/** Long enough for a run to start, too short for a second: a crashed run's message comes back after a minute. */
const crashAfter = ({ to }: Span, afterAwaits: number): Fault => ({
  kind: 'crash',
  afterAwaits,
  from: to,
  to: to + 30 * SECOND,
});
