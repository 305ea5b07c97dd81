import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { TestContext } from 'vitest';
import { createTokenClient, type TokenClient, type TokenClientOptions } from '../../client/index.ts';
import { SETTINGS_FORMAT_VERSION } from '../../contract/function-settings.ts';
import {
  accessTokenParameter,
  credentialsSecret,
  requestQueueName,
  sessionParameter,
} from '../../contract/names.ts';
import { LIMITS } from '../../contract/times.ts';
import { defaultTokenApi } from '../../contract/token-api.ts';
import { EventSourceMapping } from '../../fakes/memory-aws/event-source-mapping.ts';
import type { FifoQueue } from '../../fakes/memory-aws/fifo-queue.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { startTokenApi, type TokenApi } from '../../fakes/token-api/token-api-server.ts';
import { awsEdges } from '../../lambda/aws-edges.ts';
import { createHandler } from '../../lambda/create-handler.ts';
import { clientConfig } from '../../local/clean-environment.ts';

export const ENVIRONMENT = 'sandbox';
export const TOKEN = 'payments-api';
export const PARAMETER = accessTokenParameter(ENVIRONMENT, TOKEN);
const SESSION = sessionParameter(ENVIRONMENT, TOKEN);
const SECRET = credentialsSecret(ENVIRONMENT, TOKEN);
const DEAD_LETTERS = 'dead-letters.fifo';
export const USER = { username: 'consumer-tests', password: 'correct horse battery staple' };
export const TEN_MINUTES = 600_000;
const STORE_LIMIT_MS = 15_000;

/** AWS in memory over HTTP, a token API with a protected resource, and the real refresher between them. */
export interface World {
  readonly aws: MemoryAws;
  /** Where AWS is. */
  readonly endpoint: string;
  readonly api: TokenApi;
  readonly queue: FifoQueue;
  readonly queueUrl: string;
  /** The protected resource. */
  readonly resource: string;
  /** A client in a process of its own, as far as AWS can see. */
  client(options?: Partial<TokenClientOptions>): TokenClient;
  /** GetParameter calls of consumers, in milliseconds since the epoch. */
  reads(): number[];
  /** How many refresh requests consumers have sent. */
  requests(): number;
  /** Statuses of the answers to so many calls of the resource at once by each client. */
  callTogether(clients: readonly TokenClient[], calls: number): Promise<readonly number[]>;
  /** Statuses of the protected resource's answers. */
  readonly answers: number[];
  /** Lets the refresher store a token, and makes it ten minutes old, so that the refresher may replace it. */
  storeToken(): Promise<void>;
  close(): Promise<void>;
}

/** A world for one test, with a token in it. */
export async function worldWithToken({
  onTestFinished,
}: Pick<TestContext, 'onTestFinished'>): Promise<World> {
  const world = await openWorld();
  onTestFinished(world.close);
  await world.storeToken();
  return world;
}

export async function openWorld(): Promise<World> {
  let ageMs = 0;
  const aws = await startMemoryAws({ now: () => Date.now() - ageMs });
  const answers: number[] = [];
  const log: string[] = [];
  const api = await startTokenApi({
    users: { [USER.username]: USER.password },
    onCall: (endpoint, status) => void (endpoint === 'resource' && answers.push(status)),
  });
  aws.secrets.createSecret({ Name: SECRET, SecretString: JSON.stringify(USER) });
  const deadLetters = aws.queues.create(DEAD_LETTERS);
  const queue = aws.queues.create(requestQueueName(ENVIRONMENT), {
    contentBasedDeduplication: true,
    deduplicationScope: 'messageGroup',
    visibilitySeconds: LIMITS.visibilitySeconds,
    redrive: { queue: deadLetters, maxReceiveCount: LIMITS.maxReceiveCount },
  });
  const queueUrl = aws.queues.url(queue.name);
  const settings = functionConfig(api, {
    environment: ENVIRONMENT,
    queueUrl,
    deadLetterQueueUrl: aws.queues.url(DEAD_LETTERS),
  });
  const edges = awsEdges(settings, {
    clients: clientConfig(aws.endpoint),
    sink: { log: (_, message, { code }) => void log.push(`${message} ${code ?? ''}`), emit: () => {} },
  });
  const handler = createHandler(settings, edges);
  const refresher = new EventSourceMapping({
    queue,
    handler,
    onRun: ({ error }) => void (error !== undefined && log.push(String(error))),
  });
  refresher.start();
  const config = clientConfig(aws.endpoint);

  return {
    aws,
    endpoint: aws.endpoint,
    api,
    queue,
    queueUrl,
    resource: `${api.baseUrl}/resource`,
    client: (options = {}) =>
      createTokenClient({
        environment: ENVIRONMENT,
        token: TOKEN,
        ssm: new SSMClient(config),
        refreshRequests: { queueUrl, sqs: new SQSClient(config) },
        ...options,
      } as TokenClientOptions),
    answers,
    reads: () => aws.requests.filter(({ operation }) => operation === 'GetParameter').map(({ at }) => at),
    requests: () => aws.requests.filter(({ operation }) => operation === 'SendMessage').length,
    callTogether(clients, calls) {
      const call = async ({ fetch }: TokenClient) => (await fetch(`${api.baseUrl}/resource`)).status;
      return Promise.all(clients.flatMap((client) => Array.from({ length: calls }, () => call(client))));
    },
    async storeToken() {
      const before = version(aws);
      ageMs = TEN_MINUTES;
      const body = { token: TOKEN, requestedBy: 'operator' };
      queue.send({ groupId: TOKEN, body: JSON.stringify(body), deduplicationId: `store-${Date.now()}` });
      const startedAt = Date.now();
      while (version(aws) === before || queue.nextVisibleAt() !== undefined) {
        if (Date.now() - startedAt > STORE_LIMIT_MS) throw new Error(`no token was stored: ${log.join()}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      ageMs = 0;
      makeOlder(aws);
      aws.requests.length = 0;
    },
    async close() {
      await refresher.stop();
      await Promise.all([aws.close(), api.close()]);
    },
  };
}

export function functionConfig(
  api: TokenApi,
  { environment, ...queues }: { environment: string; queueUrl: string; deadLetterQueueUrl: string },
) {
  return {
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment,
    tokens: {
      [TOKEN]: {
        api: defaultTokenApi(api.baseUrl),
        credentialsSecretId: credentialsSecret(environment, TOKEN),
        intervalSeconds: 1500,
        accessTokenLifetimeSeconds: 1800,
        refreshTokenLifetimeSeconds: 604_800,
      },
    },
    keyArn: undefined,
    ...queues,
  } as const;
}

const version = (aws: MemoryAws): number | undefined =>
  aws.parameters.getParameters({ Names: [PARAMETER] }).Parameters?.[0]?.Version;

/** The refresher replaces no token that it got less than a minute ago. */
function makeOlder(aws: MemoryAws): void {
  const { Parameter } = aws.parameters.getParameter({ Name: SESSION, WithDecryption: true });
  const session = JSON.parse(Parameter?.Value ?? '');
  session.granted.obtainedAt -= TEN_MINUTES;
  aws.parameters.putParameter({
    Name: SESSION,
    Type: 'SecureString',
    Value: JSON.stringify(session),
    Overwrite: true,
  });
}
