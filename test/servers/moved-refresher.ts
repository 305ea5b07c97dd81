import type { Clock } from '../../contract/clock.ts';
import { SETTINGS_FORMAT_VERSION, type TokenSettings } from '../../contract/function-settings.ts';
import { accessTokenParameter, credentialsSecret, requestQueueName } from '../../contract/names.ts';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import { SECOND } from '../../contract/times.ts';
import { LOCAL_ACCOUNT } from '../../fakes/local-account.ts';
import { EventSourceMapping, type Run } from '../../fakes/memory-aws/event-source-mapping.ts';
import type { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';
import { requestQueueOptions } from '../../fakes/memory-aws/request-queue.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import type { ParameterStore } from '../../lambda/aws/parameters.ts';
import { awsEdges } from '../../lambda/aws-edges.ts';
import { createHandler, type Handler } from '../../lambda/create-handler.ts';
import { RefreshError } from '../../lambda/refresh/refresh-error.ts';
import type { Sink } from '../../lambda/telemetry/telemetry.ts';
import type { SendRequest } from '../../lambda/token-api/http.ts';
import { functionSettings } from '../../lib/functions/function-settings.ts';
import { parseEnvironment } from '../../lib/settings/parse.ts';
import type { NamedTokenProps } from '../../lib/settings/settings.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { seededRandom } from '../../simulate/random.ts';
import { NOW_HEADER } from './programs/contract.ts';

const ENVIRONMENT = 'sandbox';
const TOKEN = 'payments-api';
const SECRET = credentialsSecret(ENVIRONMENT, TOKEN);
const PARAMETER = accessTokenParameter(ENVIRONMENT, TOKEN);
const DEAD_LETTERS = 'dead-letters.fifo';

/** What a call of the token API takes on the moved clock: in no time, a token would be no newer than its request. */
const CALL_MS = 100;

/** More than a day has: 20 s is the shortest time between two runs that goes on. */
const MOST_STEPS = 10_000;

/** A clock that is moved on, and stands still while something is done. */
export interface MovedClock extends Clock {
  moveTo(time: number): void;
}

/** Begins at the present, as the clocks of the servers do. */
export function movedClock(): MovedClock {
  let time = Date.now();
  const now = () => time;
  const moveTo = (to: number) => {
    time = Math.max(time, to);
  };
  return { now, monotonic: now, moveTo, sleep: async (ms) => moveTo(time + ms), random: seededRandom(1) };
}

/** Something else that happens again and again while time passes. */
export interface Regular {
  readonly everyMs: number;
  readonly act: () => unknown;
}

/** The real handler on a moved clock, with its schedule, before an AWS in memory and a token API over HTTP. */
export interface MovedRefresher {
  /** How each run of the function ended. */
  readonly runs: readonly Run[];
  /** Its log lines and metrics. */
  emitted(): string;
  /** What it sent to the token API, in order. */
  readonly calls: SentCall[];
  /** What goes wrong next, in order: each once, at the first call or write that it fits. */
  readonly troubles: Trouble[];
  storeCredentials(credentials: Readonly<Record<string, string>>): void;
  /** A consumer that says it met a 401. */
  consumerAsks(): void;
  /** How often an access token was stored. */
  tokenVersion(): number;
  /** The one that consumers read now. */
  accessToken(): string | undefined;
  /** Lets time pass, with all that is due in it. */
  pass(milliseconds: number, regular?: readonly Regular[]): Promise<void>;
  close(): Promise<void>;
}

export async function startMovedRefresher(
  token: Omit<NamedTokenProps, 'name'>,
  clock: MovedClock,
): Promise<MovedRefresher> {
  const { now } = clock;
  const settings = settingsOf(token);
  const calls: SentCall[] = [];
  const troubles: Trouble[] = [];
  const aws = await startMemoryAws({ now });
  const deadLetters = aws.queues.create(DEAD_LETTERS);
  const queue = aws.queues.create(requestQueueName(ENVIRONMENT), requestQueueOptions(deadLetters));
  const ask = (body: RefreshRequestBody) => queue.send({ body: JSON.stringify(body), groupId: TOKEN });
  aws.secrets.createSecret({ Name: SECRET });
  aws.secrets.onLabelUpdated(({ labelUpdated, versionId }) => {
    if (labelUpdated === 'AWSCURRENT') ask({ token: TOKEN, requestedBy: 'credentials', versionId });
  });
  const tick = () =>
    ask({ token: TOKEN, requestedBy: 'schedule', scheduledTime: new Date(now()).toISOString() });
  const schedule: Due = { everyMs: settings.intervalSeconds * SECOND, act: tick, dueAt: now() };
  const runs: Run[] = [];
  const lines: unknown[] = [];
  const sink: Sink = { log: (...line) => lines.push(line), emit: (metrics) => lines.push(metrics) };
  const newContainer = () => handlerFor({ aws, settings, clock, sink, calls, troubles });
  let container = newContainer();
  const handler: Handler = async (event) => {
    try {
      return await container(event);
    } catch (error) {
      // The process is gone, and with it what it remembered.
      container = newContainer();
      throw error;
    }
  };
  const mapping = new EventSourceMapping({ queue, handler, now, onRun: (run) => runs.push(run) });
  const stored = () =>
    aws.parameters.getParameters({ Names: [PARAMETER], WithDecryption: true }).Parameters?.[0];
  const tokenVersion = () => stored()?.Version ?? 0;

  return {
    runs,
    calls,
    troubles,
    accessToken: () => stored()?.Value,
    emitted: () => JSON.stringify(lines),
    storeCredentials: (credentials) =>
      void aws.secrets.putSecretValue({ SecretId: SECRET, SecretString: JSON.stringify(credentials) }),
    consumerAsks: () =>
      void ask({ token: TOKEN, requestedBy: 'consumer', rejectedVersion: tokenVersion() || 1 }),
    tokenVersion,
    pass(milliseconds, regular = []) {
      const others = regular.map((each) => ({ ...each, dueAt: now() + each.everyMs }));
      return passTime({ clock, milliseconds, regular: [schedule, ...others], queue, mapping });
    },
    async close() {
      await mapping.stop();
      await aws.close();
    },
  };
}

/** As the stack would tell them to the function. */
function settingsOf(token: Omit<NamedTokenProps, 'name'>): TokenSettings {
  const environment = { name: ENVIRONMENT, local: true, tokens: [{ ...token, name: TOKEN }] };
  const { tokens } = parseEnvironment(environment, { account: LOCAL_ACCOUNT });
  const settings = functionSettings(ENVIRONMENT, tokens).tokens[TOKEN];
  if (settings === undefined) throw new Error('there is no token');
  return JSON.parse(JSON.stringify(settings));
}

/** The real handler but for its clock. */
function handlerFor({ aws, settings, clock, sink, calls, troubles }: HandlerProps): Handler {
  const config = {
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment: ENVIRONMENT,
    tokens: { [TOKEN]: settings },
    keyArn: undefined,
    queueUrl: aws.queues.url(requestQueueName(ENVIRONMENT)),
    deadLetterQueueUrl: aws.queues.url(DEAD_LETTERS),
  } as const;
  const real = awsEdges(config, { clients: clientConfig(aws.endpoint), sink });
  const meets = (trouble: Trouble) => troubles[0] === trouble && troubles.shift() !== undefined;
  const crash = (when: Trouble) => {
    if (meets(when)) throw new Error('the process died');
  };
  const send: SendRequest = async (request) => {
    crash('dies before the call');
    const at = clock.now();
    const call = /refresh\/?$|grant_type=refresh_token/m.test(`${request.url}\n${request.body}`)
      ? 'refresh'
      : 'login';
    const headers = { ...request.headers, [NOW_HEADER]: String(at) };
    const answer = await real.send({ ...request, headers }).finally(() => clock.moveTo(at + CALL_MS));
    calls.push({ call, at, status: answer.status });
    if (meets('loses the answer')) throw new RefreshError('ApiConnectionLost', { detail: 'ECONNRESET' });
    if (meets('waits too long')) throw new RefreshError('ApiTimeout', { detail: 'no answer' });
    crash('dies after the answer');
    return answer;
  };
  const parameters: ParameterStore = {
    read: real.parameters.read,
    // Both are written at the same time: either may be there alone.
    async write(parameter, timeoutMs) {
      const isToken = parameter.name === PARAMETER;
      crash(isToken ? 'dies before the token is written' : 'dies before the session is written');
      const version = await real.parameters.write(parameter, timeoutMs);
      if (isToken) crash('dies after the writes');
      return version;
    },
  };
  return createHandler(config, { ...real, parameters, send, clock });
}

interface HandlerProps {
  readonly aws: MemoryAws;
  readonly settings: TokenSettings;
  readonly clock: MovedClock;
  readonly sink: Sink;
  readonly calls: SentCall[];
  readonly troubles: Trouble[];
}

/** A call that was answered. */
export interface SentCall {
  readonly call: 'login' | 'refresh';
  /** Milliseconds since the epoch, on the moved clock. */
  readonly at: number;
  readonly status: number;
}

export type Trouble =
  | 'dies before the call'
  | 'dies after the answer'
  | 'dies before the token is written'
  | 'dies before the session is written'
  | 'dies after the writes'
  | 'loses the answer'
  | 'waits too long';

interface Due extends Regular {
  dueAt: number;
}

interface PassTimeProps {
  readonly clock: MovedClock;
  readonly milliseconds: number;
  readonly regular: readonly Due[];
  readonly queue: FifoQueue;
  readonly mapping: EventSourceMapping;
}

/** Moves the clock from one thing that is due to the next; it is at rest when all runs have ended. */
async function passTime({ clock, milliseconds, regular, queue, mapping }: PassTimeProps): Promise<void> {
  const end = clock.now() + milliseconds;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const next = Math.min(...regular.map(({ dueAt }) => dueAt), queue.nextVisibleAt() ?? end + 1);
    if (next > end) return clock.moveTo(end);
    clock.moveTo(next);
    for (const each of regular.filter(({ dueAt }) => dueAt <= next)) {
      each.dueAt += each.everyMs;
      await each.act();
    }
    await Promise.all(mapping.poll());
  }
  throw new Error('the refresher does not come to rest');
}
