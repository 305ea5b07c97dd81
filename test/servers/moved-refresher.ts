import type { Clock } from '../../contract/clock.ts';
import { SETTINGS_FORMAT_VERSION } from '../../contract/function-settings.ts';
import { accessTokenParameter, credentialsSecret, requestQueueName } from '../../contract/names.ts';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import { DEFAULT_TIMES, SECOND } from '../../contract/times.ts';
import { EventSourceMapping, type Run } from '../../fakes/memory-aws/event-source-mapping.ts';
import { requestQueueOptions } from '../../fakes/memory-aws/request-queue.ts';
import { startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { awsEdges } from '../../lambda/aws-edges.ts';
import { createHandler } from '../../lambda/create-handler.ts';
import type { Sink } from '../../lambda/telemetry/telemetry.ts';
import type { PostJson } from '../../lambda/token-api/http.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { seededRandom } from '../../simulate/random.ts';

const ENVIRONMENT = 'sandbox';
const TOKEN = 'payments-api';
const SECRET = credentialsSecret(ENVIRONMENT, TOKEN);
const PARAMETER = accessTokenParameter(ENVIRONMENT, TOKEN);
const DEAD_LETTERS = 'dead-letters.fifo';
const INTERVAL = DEFAULT_TIMES.intervalSeconds * SECOND;

/** What a call of the token API takes on the moved clock: with no time at all, a token would be no newer than its request. */
const CALL_MS = 100;

/** More than a day has: 20 s is the shortest time between two runs that goes on. */
const MOST_STEPS = 10_000;

/** A clock that is moved on, and stands still while something is done. */
export interface MovedClock extends Clock {
  moveTo(time: number): void;
}

/** Begins at the present, as certificates and tokens of real servers do. */
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
  storeCredentials(credentials: { readonly username: string; readonly password: string }): void;
  /** A consumer that says it met a 401. */
  consumerAsks(): void;
  accessToken(): string | undefined;
  /** Lets time pass, with all that is due in it. */
  pass(milliseconds: number, regular?: readonly Regular[]): Promise<void>;
  close(): Promise<void>;
}

export async function startMovedRefresher(baseUrl: string, clock: MovedClock): Promise<MovedRefresher> {
  const { now } = clock;
  const aws = await startMemoryAws({ now });
  const deadLetters = aws.queues.create(DEAD_LETTERS);
  const queue = aws.queues.create(requestQueueName(ENVIRONMENT), requestQueueOptions(deadLetters));
  const config = {
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment: ENVIRONMENT,
    tokens: { [TOKEN]: { ...DEFAULT_TIMES, baseUrl, credentialsSecretId: SECRET } },
    keyArn: undefined,
    queueUrl: aws.queues.url(queue.name),
    deadLetterQueueUrl: aws.queues.url(DEAD_LETTERS),
  } as const;
  const lines: unknown[] = [];
  const sink: Sink = { log: (...line) => lines.push(line), emit: (metrics) => lines.push(metrics) };
  const real = awsEdges(config, { clients: clientConfig(aws.endpoint), sink });
  const post: PostJson = (request) => real.post(request).finally(() => clock.moveTo(now() + CALL_MS));
  const runs: Run[] = [];
  const mapping = new EventSourceMapping({
    queue,
    handler: createHandler(config, { ...real, post, clock }),
    now,
    onRun: (run) => void runs.push(run),
  });
  const ask = (body: RefreshRequestBody) => queue.send({ body: JSON.stringify(body), groupId: TOKEN });
  aws.secrets.createSecret({ Name: SECRET });
  aws.secrets.onLabelUpdated(({ labelUpdated, versionId }) => {
    if (labelUpdated === 'AWSCURRENT') ask({ token: TOKEN, requestedBy: 'credentials', versionId });
  });
  const stored = () =>
    aws.parameters.getParameters({ Names: [PARAMETER], WithDecryption: true }).Parameters?.[0];
  const tick = () =>
    ask({ token: TOKEN, requestedBy: 'schedule', scheduledTime: new Date(now()).toISOString() });
  const schedule = { everyMs: INTERVAL, act: tick, dueAt: now() };

  return {
    runs,
    emitted: () => JSON.stringify(lines),
    storeCredentials: (credentials) =>
      void aws.secrets.putSecretValue({ SecretId: SECRET, SecretString: JSON.stringify(credentials) }),
    consumerAsks: () =>
      void ask({ token: TOKEN, requestedBy: 'consumer', rejectedVersion: stored()?.Version ?? 1 }),
    accessToken: () => stored()?.Value,
    async pass(milliseconds, regular = []) {
      const end = now() + milliseconds;
      const all = [schedule, ...regular.map((each) => ({ ...each, dueAt: now() + each.everyMs }))];
      for (let steps = 0; ; steps++) {
        if (steps === MOST_STEPS) throw new Error('the refresher does not come to rest');
        const next = Math.min(...all.map(({ dueAt }) => dueAt), queue.nextVisibleAt() ?? end + 1);
        if (next > end) break;
        clock.moveTo(next);
        for (const each of all.filter(({ dueAt }) => dueAt <= next)) {
          each.dueAt += each.everyMs;
          await each.act();
        }
        await Promise.all(mapping.poll());
      }
      clock.moveTo(end);
    },
    async close() {
      await mapping.stop();
      await aws.close();
    },
  };
}
