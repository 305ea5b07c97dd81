import { DEFAULT_TIMES, MINUTE, SECOND } from '../contract/times.ts';
import { inWords } from './durations.ts';
import type { Options } from './options.ts';
import { ANSWERS_503, HANGS } from './random-outage.ts';
import { simulateYear, type Year } from './random-year.ts';
import { timesWithoutToken } from './simulation.ts';
import { table } from './table.ts';
import { type Panel, timelineSvg } from './timeline-svg.ts';
import type { Times } from './world.ts';
import { type Found, type SearchProps, worstMoment } from './worst-moment.ts';

type Print = (text: string) => void;

const timesOf = ({ interval, lifetime }: Options): Times => ({
  ...DEFAULT_TIMES,
  intervalSeconds: (interval * MINUTE) / SECOND,
  accessTokenLifetimeSeconds: (lifetime * MINUTE) / SECOND,
});

const searchOf = (options: Options, minutes: number): Omit<SearchProps, 'who' | 'withCrash'> => ({
  outageMs: minutes * MINUTE,
  times: timesOf(options),
  latenessMs: options.lateness * SECOND,
  seed: options.seeds[0] ?? 1,
  stepMs: MINUTE,
  tries: options.tries,
});

/**
 * Prints what outages cost at their worst moment.
 *
 * @returns for each outage, our worst moment without a crash
 */
export async function reportWorstMoments(options: Options, print: Print): Promise<Found[]> {
  const { interval, lifetime, lateness, outage } = options;
  const ours: Found[] = [];
  const rows: string[][] = [];
  for (const minutes of outage) {
    const props = searchOf(options, minutes);
    const found = await worstMoment({ ...props, who: 'ours', withCrash: false });
    const others = [
      await worstMoment({ ...props, who: 'ours', withCrash: true }),
      await worstMoment({ ...props, who: 'plain', withCrash: false }),
    ];
    ours.push(found);
    rows.push(
      [
        props.outageMs,
        found.limitMs,
        found.withoutTokenMs,
        ...others.map((other) => other.withoutTokenMs),
      ].map(inWords),
    );
  }
  print(`Time without a valid token when an outage begins at the worst moment
(schedule every ${interval} min, ticks ${lateness === 0 ? 'on time' : `0 to ${lateness} s late`}, access tokens live ${lifetime} min):
`);
  print(table(['outage', 'limit*', 'ours', 'ours, if a run crashes', 'plain schedule'], rows));
  print('* what no refresher on this schedule can do better than\n');
  return ours;
}

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
 * Prints the years of all seeds.
 *
 * @returns whether each kept to its limit
 */
export async function reportYears(options: Options, print: Print): Promise<boolean> {
  const { seeds, years, lateness } = options;
  const results: [number, Year][] = [];
  for (const seed of seeds) {
    const latenessMs = lateness * SECOND;
    results.push([seed, await simulateYear({ seed, years, times: timesOf(options), latenessMs })]);
  }
  const rows = results.map(([seed, year]) => [
    String(seed),
    `${year.outages} (${year.outagesBeyondMargin})`,
    ...[year.outagesMs, year.limitMs, year.oursMs, year.allowedMs, year.plainMs].map(inWords),
  ]);
  const excess = ([, { oursMs, limitMs }]: [number, Year]): number => oursMs - limitMs;
  const [worst] = results.toSorted((a, b) => excess(b) - excess(a));
  print(`Time without a valid token in ${years === 1 ? 'a year' : `${years} years`} with an outage about once a week, from 1 minute to 2 hours:
`);
  print(
    table(
      ['seed', 'outages (beyond the margin)', 'in all', 'limit*', 'ours', 'allowed**', 'plain schedule'],
      rows,
    ),
  );
  print('** the limit and 40 s for each outage that outlasts the margin');
  if (worst !== undefined && seeds.length > 1) {
    print(`worst: seed ${worst[0]}, ${inWords(excess(worst))} above the limit`);
  }
  return results.every(([, { oursMs, allowedMs }]) => oursMs <= allowedMs);
}

/** Draws those outages that cost anything: ours beside a plain schedule, at our worst moment. */
export async function drawOutages({ interval, lifetime }: Options, found: readonly Found[]): Promise<string> {
  const panels: Panel[] = [];
  for (const { outage, scenario, limitMs } of found) {
    if (limitMs === 0) continue;
    const last = outage.to + scenario.times.intervalSeconds * SECOND;
    panels.push({
      shown: { from: scenario.ticks[0] ?? outage.from, to: last },
      outage,
      ticks: scenario.ticks,
      rows: [
        { label: 'this refresher', withoutToken: await timesWithoutToken('ours', scenario) },
        { label: 'plain schedule', withoutToken: await timesWithoutToken('plain', scenario) },
      ],
    });
  }
  return timelineSvg(
    `A token refreshed every ${interval} min that lives ${lifetime} min, while the token API is down`,
    panels,
  );
}
