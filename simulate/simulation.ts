import type { Fault, Span } from './faults.ts';
import { PlainRefresher } from './plain-refresher.ts';
import { Refresher } from './refresher.ts';
import { type ApiTraits, FIRST_PASSWORD, type Times, USERNAME, World } from './world.ts';

/** A schedule and what goes wrong meanwhile. Times in milliseconds since the epoch. */
export interface Scenario {
  readonly seed: number;
  readonly times: Times;
  readonly ticks: readonly number[];
  readonly faults: readonly Fault[];
  /** Default: as the settings expect it. */
  readonly api?: ApiTraits | undefined;
  readonly until: number;
}

export type Who = 'ours' | 'plain';

const TOKEN = 'payments-api';

/** Plays a scenario and answers when there was no valid token in it, from the first one on. */
export async function timesWithoutToken(who: Who, scenario: Scenario): Promise<readonly Span[]> {
  const { seed, times, faults, api, ticks, until } = scenario;
  const world = new World({ seed, times, faults, tokens: [TOKEN], ...api });
  world.storeCredentials(TOKEN, JSON.stringify({ username: USERNAME, password: FIRST_PASSWORD }), 'first');
  const refresher = who === 'ours' ? new Refresher({ world }) : new PlainRefresher(world);
  for (const tick of ticks) world.time.at(tick, () => refresher.tick(TOKEN));
  await world.time.runUntil(until);
  return world.host(TOKEN).validity.gaps();
}

export const total = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, to }) => sum + to - from, 0);
