import { DAY, MINUTE, SECOND } from '../contract/times.ts';
import { inWords } from './durations.ts';
import type { Options } from './options.ts';
import { seededRandom } from './random.ts';
import { ANSWERS_503, HANGS } from './random-outage.ts';
import { type Print, searchOf, timesOf } from './report.ts';
import { tickTimes } from './schedule.ts';
import { timesWithoutToken, total } from './simulation.ts';
import { table } from './table.ts';
import { START } from './world.ts';
import { worstMoment } from './worst-moment.ts';

/** Prints what outages cost where the token API gives no refresh tokens. A login is repeated more seldom than a refresh. */
export async function reportLoginAlone(options: Options, print: Print): Promise<void> {
  const rows: string[][] = [];
  for (const minutes of options.outage) {
    const props = { ...searchOf(options, minutes), api: { loginAlone: true }, withCrash: false };
    const answered = await worstMoment({ ...props, who: 'ours', how: ANSWERS_503 });
    const others = [
      await worstMoment({ ...props, who: 'ours', how: HANGS }),
      await worstMoment({ ...props, who: 'plain' }),
    ];
    const figures = [answered, ...others].map(({ withoutTokenMs }) => withoutTokenMs);
    rows.push([props.outageMs, answered.limitMs, ...figures].map(inWords));
  }
  print('The same by login alone, where the token API gives no refresh tokens:\n');
  print(
    table(['outage', 'limit*', 'ours, if it answers 503', 'if it does not answer', 'plain schedule'], rows),
  );
  print('');
}

/**
 * Prints the weeks of all seeds in which nothing is down, but access tokens live shorter than the settings say.
 *
 * @returns whether we always had a valid token
 */
export async function reportShortLives(options: Options, print: Print): Promise<boolean> {
  const { seeds, stated } = options;
  const weeks: { seed: number; oursMs: number; plainMs: number }[] = [];
  for (const seed of seeds) weeks.push({ seed, ...(await simulateShortLives(options, seed)) });
  print(
    `Time without a valid token in a week without outages, if access tokens turn out to live ${stated} min:\n`,
  );
  const rows = weeks.map(({ seed, oursMs, plainMs }) => [String(seed), inWords(oursMs), inWords(plainMs)]);
  print(table(['seed', 'ours', 'plain schedule'], rows));
  print('');
  return weeks.every(({ oursMs }) => oursMs === 0);
}

async function simulateShortLives(options: Options, seed: number) {
  const times = timesOf(options);
  const until = START + 7 * DAY;
  const random = seededRandom(seed);
  const lateness = (): number => random() * options.lateness * SECOND;
  const ticks = tickTimes({ from: START, to: until, intervalSeconds: times.intervalSeconds, lateness });
  const api = { statedLifetimeSeconds: (options.stated * MINUTE) / SECOND };
  const scenario = { seed, times, ticks, faults: [], api, until };
  return {
    oursMs: total(await timesWithoutToken('ours', scenario)),
    plainMs: total(await timesWithoutToken('plain', scenario)),
  };
}
