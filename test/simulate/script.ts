import { accessTokenParameter } from '../../contract/names.ts';
import { DEFAULT_TIMES, SECOND } from '../../contract/times.ts';
import type { Run } from '../../fakes/memory-aws/event-source-mapping.ts';
import type { Sink } from '../../lambda/telemetry/telemetry.ts';
import type { Call } from '../../lambda/token-api/answer.ts';
import type { Fault, Trouble } from '../../simulate/faults.ts';
import { seededRandom } from '../../simulate/random.ts';
import { Refresher } from '../../simulate/refresher.ts';
import { tickTimes } from '../../simulate/schedule.ts';
import {
  type ApiTraits,
  ENVIRONMENT,
  FIRST_PASSWORD,
  START,
  type Times,
  USERNAME,
  World,
} from '../../simulate/world.ts';

export const TOKEN = 'payments-api';
export const OTHER_TOKEN = 'ledger-api';

/** What happens in a run, in seconds from its start: small numbers, so that a counterexample can be read. */
export interface Script extends ApiTraits {
  readonly seed: number;
  readonly hours: number;
  readonly times?: Times;
  readonly faults?: readonly TimedFault[];
  readonly moments?: readonly Moment[];
  /** How late ticks may be, in seconds. Default: 60. */
  readonly latestTick?: number;
  /** Instead of the schedule's own: when ticks come. */
  readonly ticks?: readonly number[];
  readonly lockout?: { readonly afterRefusals: number; readonly seconds: number };
}

export interface TimedFault {
  readonly trouble: Trouble;
  readonly at: number;
  readonly lasts: number;
  readonly share?: number;
  readonly only?: Call | undefined;
}

export type Moment = { readonly at: number } & Happening;

export type Happening =
  /** The token API ends every session. */
  | { readonly kind: 'revoke' }
  /** Somebody stores another value as the credentials. */
  | { readonly kind: 'credentials'; readonly are: 'right' | 'wrong' | 'malformed' }
  /** The password changes at the token API, and nobody stores the new one. */
  | { readonly kind: 'new-password' }
  /** Somebody writes over the access token by hand. */
  | { readonly kind: 'overwrite' }
  /** As many requests, each with a deduplication id of its own. */
  | { readonly kind: 'requests'; readonly count: number; readonly body: RequestBody }
  /** The same body, so many times in each of these message groups. */
  | {
      readonly kind: 'message';
      readonly body: string;
      readonly groupIds: readonly string[];
      readonly count?: number;
    };

export interface RequestBody {
  /** Compared with the version that is stored then. Default: none is named. */
  readonly rejected?: 'this' | 'before' | 'next';
  readonly retryRefused?: boolean;
}

export interface Write {
  readonly at: number;
  readonly value: string;
  readonly isAccepted: boolean;
  /** Whether the value before was accepted at that moment. */
  readonly wasAccepted: boolean;
}

/** What was seen. */
export interface Played {
  readonly world: World;
  readonly refresher: Refresher;
  readonly ticks: readonly number[];
  readonly faults: readonly Fault[];
  readonly times: Times;
  /** Writes of the access token. */
  readonly writes: readonly Write[];
  readonly runs: readonly (Run & { readonly endedAt: number })[];
  /** Log lines, metrics and descriptions. */
  readonly emitted: readonly string[];
  readonly passwords: readonly string[];
  readonly until: number;
}

export async function play(script: Script): Promise<Played> {
  const { seed, hours, times = DEFAULT_TIMES, latestTick = 60, lockout } = script;
  const { statedLifetimeSeconds, loginAlone, describe } = script;
  const until = START + hours * 3600 * SECOND;
  const lateness = seededRandom(seed + 1);
  const usualTicks = tickTimes({
    from: START,
    to: until,
    intervalSeconds: times.intervalSeconds,
    lateness: () => lateness() * latestTick * SECOND,
  });
  const ticks = script.ticks?.map((at) => START + at * SECOND) ?? usualTicks;
  const faults = (script.faults ?? []).map(
    ({ trouble, at, lasts, share = 1, only }): Fault => ({
      ...trouble,
      from: START + at * SECOND,
      to: START + (at + lasts) * SECOND,
      share,
      only,
    }),
  );
  const world = new World({
    seed,
    times,
    faults,
    tokens: [TOKEN, OTHER_TOKEN],
    ...(lockout && { lockout }),
    ...(statedLifetimeSeconds && { statedLifetimeSeconds }),
    ...(loginAlone && { loginAlone }),
    ...(describe && { describe }),
  });
  const runs: (Run & { endedAt: number })[] = [];
  const emitted: string[] = [];
  const sink: Sink = {
    log: (_level, message, fields) => emitted.push(JSON.stringify({ message, ...fields })),
    emit: (group) => emitted.push(JSON.stringify(group)),
  };
  const passwords = [FIRST_PASSWORD];
  const value = JSON.stringify({ username: USERNAME, password: FIRST_PASSWORD });
  world.storeCredentials(TOKEN, value, versionOf(FIRST_PASSWORD));
  const refresher = new Refresher({
    world,
    sink,
    onRun: (run) => runs.push({ ...run, endedAt: world.time.now() }),
  });
  const writes = watchWrites(world, emitted);
  const stage = { world, refresher, passwords, sent: [] };
  for (const tick of ticks) world.time.at(tick, () => refresher.tick(TOKEN));
  for (const moment of script.moments ?? []) {
    world.time.at(START + moment.at * SECOND, () => happen(moment, stage));
  }
  await world.time.runUntil(until);
  return { world, refresher, ticks, faults, times, writes, runs, emitted, passwords, until };
}

function watchWrites(world: World, emitted: string[]): Write[] {
  const { parameterStore, time } = world;
  const host = world.host(TOKEN);
  const writes: Write[] = [];
  const put = parameterStore.putParameter.bind(parameterStore);
  parameterStore.putParameter = (input) => {
    emitted.push(input.Description ?? '');
    if (input.Name === accessTokenParameter(ENVIRONMENT, TOKEN)) {
      const value = input.Value ?? '';
      const isAccepted = host.model.accepts(value);
      writes.push({ at: time.now(), value, isAccepted, wasAccepted: host.validity.isValid() });
    }
    return put(input);
  };
  return writes;
}

interface Stage {
  readonly world: World;
  readonly refresher: Refresher;
  readonly passwords: string[];
  readonly sent: string[];
}

function happen(moment: Moment, stage: Stage): void {
  const { world, passwords } = stage;
  const { model } = world.host(TOKEN);
  switch (moment.kind) {
    case 'revoke':
      world.host(TOKEN).revokeAll();
      break;
    case 'overwrite':
      overwrite(world);
      break;
    case 'new-password':
      model.setPassword(USERNAME, newPassword(passwords));
      break;
    case 'credentials': {
      const password = newPassword(passwords);
      const value = moment.are === 'malformed' ? password : JSON.stringify({ username: USERNAME, password });
      if (moment.are === 'right') model.setPassword(USERNAME, password);
      world.storeCredentials(TOKEN, value, versionOf(password));
      break;
    }
    case 'requests': {
      const body = JSON.stringify(requestBody(world, moment.body));
      send({ body, groupIds: [TOKEN], count: moment.count }, stage);
      break;
    }
    case 'message':
      send(moment, stage);
  }
}

function overwrite({ parameterStore, host }: World): void {
  const Value = 'not-a-token';
  parameterStore.putParameter({ Name: accessTokenParameter(ENVIRONMENT, TOKEN), Value, Overwrite: true });
  host(TOKEN).validity.stored = Value;
  host(TOKEN).validity.look();
}

interface Messages {
  readonly body: string;
  readonly groupIds: readonly string[];
  readonly count?: number;
}

/** No two are duplicates: what deduplication spares the refresher is not what is tested. */
function send({ body, groupIds, count = 1 }: Messages, { refresher, sent }: Stage): void {
  for (const groupId of Array.from({ length: count }, () => groupIds).flat()) {
    sent.push(body);
    refresher.queue.send({ body, groupId, deduplicationId: String(sent.length) });
  }
}

function newPassword(passwords: string[]): string {
  const password = `password-${passwords.length + 1}`;
  passwords.push(password);
  return password;
}

/** Of the secret that holds this password. */
export const versionOf = (password: string): string => password.replace('password', 'version');

function requestBody({ parameterStore }: World, { rejected, retryRefused }: RequestBody): object {
  const [stored] =
    parameterStore.getParameters({ Names: [accessTokenParameter(ENVIRONMENT, TOKEN)] }).Parameters ?? [];
  const version = (stored?.Version ?? 1) + { before: -1, this: 0, next: 1 }[rejected ?? 'this'];
  return {
    token: TOKEN,
    requestedBy: 'consumer',
    ...(rejected !== undefined && { rejectedVersion: Math.max(1, version) }),
    ...(retryRefused !== undefined && { retryRefused }),
  };
}
