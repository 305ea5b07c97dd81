import type { TokenSettings } from '../../contract/function-settings.ts';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import { DEFAULT_TIMES, SECOND } from '../../contract/times.ts';
import type { MetricGroup } from '../../lambda/telemetry/measurements.ts';
import type { Fault, Span } from '../../simulate/faults.ts';
import { seededRandom } from '../../simulate/random.ts';
import { Refresher } from '../../simulate/refresher.ts';
import { tickTimes } from '../../simulate/schedule.ts';
import { ENVIRONMENT, FIRST_PASSWORD, START, type Times, USERNAME, World } from '../../simulate/world.ts';
import { metricKey } from './alarm-definition.ts';
import type { Datum } from './evaluator.ts';

/** What happens in a run. Times in seconds from the start, when the environment is deployed. */
export interface Situation {
  readonly seed: number;
  readonly hours: number;
  /** Default: one. */
  readonly tokens?: readonly string[];
  /** What the token API does. Default: as the settings say. */
  readonly apiTimes?: Partial<Times> & { readonly tokenFormat?: 'jwt' };
  /** What the environment's settings say. */
  readonly settings?: Partial<TokenSettings>;
  readonly faults?: readonly Fault[];
  /** How late ticks come, in seconds. Default: 0 to 60. */
  readonly lateness?: { readonly least: number; readonly most: number };
  /**
   * Every other tick as late as can be and the rest on time, at the end of a minute; every datapoint as late as can be;
   * alarms are looked at when the minute begins. Default: by chance.
   */
  readonly worstDelays?: boolean;
  /** Whether the credentials are stored at the start. Default: true. */
  readonly credentials?: boolean;
  /** The schedule's last tick is before this time. Default: it goes on. */
  readonly scheduleEndsAt?: number;
  readonly moments?: readonly { readonly at: number; readonly happens: (on: Stage) => void }[];
}

export interface Stage {
  readonly world: World;
  readonly refresher: Refresher;
}

export interface Observed {
  /** By {@link metricKey}. */
  readonly metrics: ReadonlyMap<string, readonly Datum[]>;
  /** When each token was not valid, from its first one on. */
  readonly gaps: ReadonlyMap<string, readonly Span[]>;
  /** When attempts failed or crashed, by token. */
  readonly failures: ReadonlyMap<string, readonly number[]>;
  readonly groups: readonly MetricGroup[];
  /** Names of the fields of log lines. */
  readonly logFields: ReadonlySet<string>;
  readonly until: number;
}

const MOST_DELAY = 120 * SECOND;
const LATENESS = { least: 0, most: 60 };
const SHARE_OF_DUPLICATES = 0.1;

export const DEFAULT_TOKENS: readonly string[] = ['payments-api'];

/** Lets the real refresher run, on a virtual clock, and notes what CloudWatch would get to know of it, and when. */
export async function observe(situation: Situation): Promise<Observed> {
  const { seed, hours, tokens = DEFAULT_TOKENS, settings = {}, apiTimes = {}, faults = [] } = situation;
  const until = START + hours * 3600 * SECOND;
  const random = seededRandom(seed + 7);
  const world = new World({ seed, times: { ...DEFAULT_TIMES, ...settings, ...apiTimes }, faults, tokens });
  for (const token of tokens) {
    const told = { ...world.tokens[token], ...DEFAULT_TIMES, ...settings };
    Object.assign(world.tokens, { [token]: told });
    if (situation.credentials ?? true) storeCredentials(world, token, FIRST_PASSWORD);
  }
  const metrics = new Map<string, Datum[]>();
  const failures = new Map<string, number[]>(tokens.map((token) => [token, []]));
  const groups: MetricGroup[] = [];
  const logFields = new Set<string>();
  const record = (key: string, value: number): void => {
    const at = world.time.now();
    const share = situation.worstDelays ? 1 : random();
    const datum = { at, value, visibleAt: at + share * MOST_DELAY };
    const data = metrics.get(key) ?? [];
    metrics.set(key, data);
    // Metrics in log lines are delivered at least once.
    data.push(datum, ...(random() < SHARE_OF_DUPLICATES ? [datum] : []));
  };
  const refresher = new Refresher({
    world,
    sink: {
      log: (_level, _message, { outcome, token, ...others }) => {
        for (const name of Object.keys({ outcome, token, ...others })) logFields.add(name);
        if (outcome === 'failed') failures.get(String(token))?.push(world.time.now());
      },
      emit: (group) => {
        groups.push(group);
        for (const { name, value } of group.metrics)
          record(metricKey(METRIC_NAMESPACE, name, group.dimensions), value);
      },
    },
    onRun: ({ result, message }) => {
      record(AWS_METRICS.functionErrors, result === 'crashed' ? 1 : 0);
      if (result === 'crashed') failures.get(message.groupId)?.push(world.time.now());
    },
  });
  scheduleTicks(situation, { world, refresher }, random);
  for (const { at, happens } of situation.moments ?? []) {
    world.time.at(START + at * SECOND, () => happens({ world, refresher }));
  }
  watchDeadLetters({ world, refresher }, until, record);
  await world.time.runUntil(until);
  const gaps = new Map(tokens.map((token) => [token, world.host(token).validity.gaps()]));
  return { metrics, gaps, failures, groups, logFields, until };
}

/** What AWS itself measures. The function's name is the template's. */
export const AWS_METRICS = {
  functionErrors: 'AWS/Lambda/Errors',
  deadLetters: 'AWS/SQS/ApproximateNumberOfMessagesVisible',
} as const;

export function storeCredentials(world: World, token: string, password: string): void {
  const versionId = `version-${world.time.now()}-${password}`;
  world.storeCredentials(token, JSON.stringify({ username: USERNAME, password }), versionId);
}

function scheduleTicks(situation: Situation, { world, refresher }: Stage, random: () => number): void {
  const { hours, scheduleEndsAt, tokens = DEFAULT_TOKENS, settings, lateness: late = LATENESS } = situation;
  const to = START + (scheduleEndsAt ?? hours * 3600) * SECOND;
  const intervalSeconds = settings?.intervalSeconds ?? DEFAULT_TIMES.intervalSeconds;
  const lateness = (tick: number): number => {
    const share = situation.worstDelays ? tick % 2 : random();
    return (late.least + share * (late.most - late.least)) * SECOND;
  };
  for (const token of tokens) {
    const from = START + (situation.worstDelays ? 55 : 0) * SECOND;
    for (const tick of tickTimes({ from, to, intervalSeconds, lateness })) {
      world.time.at(tick, () => refresher.tick(token));
    }
  }
}

/** SQS reports the length of a queue every minute. */
function watchDeadLetters(
  { world, refresher }: Stage,
  until: number,
  record: (key: string, value: number) => void,
): void {
  const look = (): void => {
    record(AWS_METRICS.deadLetters, refresher.deadLetters.counts().all);
    if (world.time.now() + 60 * SECOND < until) world.time.after(60 * SECOND, look);
  };
  world.time.at(START, look);
}

export { ENVIRONMENT, START };
