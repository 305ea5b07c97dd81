import { Duration } from 'aws-cdk-lib';
import { DEFAULT_TIMES, MINUTE, SECOND } from '../../contract/times.ts';
import { seededRandom } from '../../simulate/random.ts';
import { ENVIRONMENT, START } from '../../simulate/world.ts';
import { templateOf } from '../lib/synth.ts';
import { type AlarmDefinition, alarmsOf } from './alarm-definition.ts';
import { type Datum, evaluate, type Transition } from './evaluator.ts';
import type { AlarmScenario } from './scenarios.ts';
import { DEFAULT_TOKENS, type Observed, observe } from './simulated-metrics.ts';

/** What one alarm did in a run. */
export interface Fired {
  readonly alarm: AlarmDefinition;
  readonly transitions: readonly Transition[];
}

/** One run of a scenario. */
export interface Run {
  readonly observed: Observed;
  /** By `<kind>`, or `<kind> <token>` where there are several tokens. */
  readonly alarms: ReadonlyMap<string, Fired>;
}

const definitions = new Map<string, readonly AlarmDefinition[]>();

/** Alarms of the synthesized template, made for the scenario's settings. */
function alarmsFor({ situation }: AlarmScenario): readonly AlarmDefinition[] {
  const { tokens = DEFAULT_TOKENS, settings = {} } = situation;
  const key = JSON.stringify([tokens, settings]);
  const { intervalSeconds, accessTokenLifetimeSeconds } = { ...DEFAULT_TIMES, ...settings };
  const props = {
    interval: Duration.seconds(intervalSeconds),
    accessTokenLifetime: Duration.seconds(accessTokenLifetimeSeconds),
  };
  const named = tokens.map((name) => ({ name, baseUrl: `https://${name}.example.com`, ...props }));
  const made = definitions.get(key) ?? alarmsOf(templateOf({ name: ENVIRONMENT, tokens: named }));
  definitions.set(key, made);
  return made;
}

export async function playScenario(scenario: AlarmScenario, seed: number): Promise<Run> {
  const observed = await observe({ ...scenario.situation, seed });
  const random = seededRandom(seed + 11);
  const { tokens = DEFAULT_TOKENS } = scenario.situation;
  const alarms = alarmsFor(scenario).map((alarm): [string, Fired] => {
    const second = scenario.situation.worstDelays ? 0 : Math.floor(random() * 60);
    const window = { from: START, to: observed.until, second };
    return [
      shortName(alarm.name, tokens),
      { alarm, transitions: evaluate(alarm, dataOf(alarm, observed), window) },
    ];
  });
  return { observed, alarms: new Map(alarms) };
}

/** Metrics of AWS's own are known by their name alone. */
function dataOf({ metric }: AlarmDefinition, { metrics }: Observed): readonly Datum[] {
  const [name = ''] = metric.split(' ');
  return metrics.get(metric) ?? metrics.get(name) ?? [];
}

function shortName(name: string, tokens: readonly string[]): string {
  const rest = name.replace(`token-refresher-${ENVIRONMENT}-`, '');
  const token = tokens.find((one) => rest.startsWith(`${one}-`));
  if (token === undefined) return rest;
  const kind = rest.slice(token.length + 1);
  return tokens.length === 1 ? kind : `${kind} ${token}`;
}

export const firstAlarm = ({ transitions }: Pick<Fired, 'transitions'>): number | undefined =>
  transitions.find(({ state }) => state === 'ALARM')?.at;

export const namesOfFired = ({ alarms }: Run): string[] =>
  [...alarms].filter(([, fired]) => firstAlarm(fired) !== undefined).map(([name]) => name);

export const namesOfUnquiet = ({ alarms }: Run): string[] =>
  [...alarms].filter(([, { transitions }]) => transitions.at(-1)?.state === 'ALARM').map(([name]) => name);

/** A failed attempt that came so long before the token's death must have set off an alarm by then. */
const AFTER_FAILURE = 4 * MINUTE;
/** Silence does so if the lifetime is so much longer than the interval. */
const AFTER_SILENCE = 7 * MINUTE;
const ELSE_WITHIN = 2 * MINUTE;

/** Deaths of tokens that no alarm told of in time, in words. */
export function lateAlarms({ situation }: AlarmScenario, { observed, alarms }: Run): string[] {
  const { intervalSeconds, accessTokenLifetimeSeconds } = { ...DEFAULT_TIMES, ...situation.settings };
  const lifetime = accessTokenLifetimeSeconds * SECOND;
  const roomForSilence = lifetime - intervalSeconds * SECOND >= AFTER_SILENCE;
  return [...observed.gaps].flatMap(([token, gaps]) =>
    gaps.flatMap(({ from: death }) => {
      const failures =
        observed.failures.get(token)?.filter((at) => at > death - lifetime && at <= death) ?? [];
      const failed = failures.some((at) => at < death - AFTER_FAILURE);
      const deadline = failed || (failures.length === 0 && roomForSilence) ? death : death + ELSE_WITHIN;
      if ([...alarms.values()].some(({ transitions }) => isInAlarm(transitions, deadline))) return [];
      return [
        `${token} died at ${(death - START) / SECOND} s, and no alarm said so by ${(deadline - START) / SECOND} s`,
      ];
    }),
  );
}

const isInAlarm = (transitions: readonly Transition[], at: number): boolean =>
  transitions.findLast((transition) => transition.at <= at)?.state === 'ALARM';
