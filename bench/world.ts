import { type FunctionSettings, SETTINGS_FORMAT_VERSION } from '../contract/function-settings.ts';
import {
  accessTokenParameter,
  credentialsSecret,
  requestQueueName,
  sessionParameter,
} from '../contract/names.ts';
import { DEFAULT_TIMES, LIMITS, MINUTE } from '../contract/times.ts';
import { defaultTokenApi } from '../contract/token-api.ts';
import { EventSourceMapping } from '../fakes/memory-aws/event-source-mapping.ts';
import type { FifoQueue } from '../fakes/memory-aws/fifo-queue.ts';
import { type MemoryAws, startMemoryAws } from '../fakes/memory-aws/server.ts';
import { startTokenApi, type TokenApi } from '../fakes/token-api/token-api-server.ts';
import { awsEdges } from '../lambda/aws-edges.ts';
import { createHandler } from '../lambda/create-handler.ts';
import { clientConfig } from '../local/clean-environment.ts';

export const ENVIRONMENT = 'bench';
const USER = { username: 'bench', password: 'bench' };

/** AWS in memory over HTTP, a token API, and the refresher between them. */
export interface World extends AsyncDisposable {
  readonly aws: MemoryAws;
  readonly api: TokenApi;
  readonly queue: FifoQueue;
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  readonly settings: FunctionSettings;
  /** Asks for a refresh of each token, and waits until each has a new one. */
  refreshAll(): Promise<void>;
  /** Makes each session ten minutes older, so that its token may be replaced. */
  makeOlder(): void;
}

/** With a stored token each. */
export async function openWorld(names: readonly string[]): Promise<World> {
  let ageMs = 10 * MINUTE;
  const aws = await startMemoryAws({ now: () => Date.now() - ageMs });
  const api = await startTokenApi({ users: { [USER.username]: USER.password } });
  for (const name of names) {
    aws.secrets.createSecret({
      Name: credentialsSecret(ENVIRONMENT, name),
      SecretString: JSON.stringify(USER),
    });
  }
  const deadLetters = aws.queues.create('dead-letters.fifo');
  const queue = aws.queues.create(requestQueueName(ENVIRONMENT), {
    contentBasedDeduplication: true,
    deduplicationScope: 'messageGroup',
    visibilitySeconds: LIMITS.visibilitySeconds,
    redrive: { queue: deadLetters, maxReceiveCount: LIMITS.maxReceiveCount },
  });
  const [queueUrl, deadLettersUrl] = [aws.queues.url(queue.name), aws.queues.url(deadLetters.name)];
  const settings: FunctionSettings = {
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment: ENVIRONMENT,
    tokens: Object.fromEntries(
      names.map((name) => [
        name,
        {
          ...DEFAULT_TIMES,
          api: defaultTokenApi(api.baseUrl),
          credentialsSecretId: credentialsSecret(ENVIRONMENT, name),
        },
      ]),
    ),
  };
  const config = { ...settings, keyArn: undefined, queueUrl, deadLetterQueueUrl: deadLettersUrl };
  const sink = { log: () => {}, emit: () => {} };
  const newHandler = () =>
    createHandler(config, awsEdges(config, { clients: clientConfig(aws.endpoint), sink }));
  // As Lambda runs them: at once, each in a container of its own, with SDK clients of its own.
  const containers = new Map(names.map((name) => [name, newHandler()]));
  const mapping = new EventSourceMapping({
    queue,
    handler: (event) => {
      const group = event.Records[0]?.attributes.MessageGroupId?.split('.')[0] ?? '';
      return (containers.get(group) ?? newHandler())(event);
    },
  });
  mapping.start();
  const version = (name: string): number =>
    aws.parameters.getParameters({ Names: [accessTokenParameter(ENVIRONMENT, name)] }).Parameters?.[0]
      ?.Version ?? 0;

  const world: World = {
    ...{ aws, api, queue, queueUrl, deadLettersUrl, settings },
    async refreshAll() {
      const before = names.map(version);
      for (const token of names) {
        const body = JSON.stringify({ token, requestedBy: 'operator' });
        queue.send({ body, groupId: token, deduplicationId: `${token}-${performance.now()}` });
      }
      while (names.some((name, index) => version(name) === before[index])) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    makeOlder() {
      for (const name of names) {
        const Name = sessionParameter(ENVIRONMENT, name);
        const { Parameter } = aws.parameters.getParameter({ Name, WithDecryption: true });
        const session = JSON.parse(Parameter?.Value ?? '');
        session.granted.obtainedAt -= 10 * MINUTE;
        const Value = JSON.stringify(session);
        aws.parameters.putParameter({
          Name,
          Value,
          Type: 'SecureString',
          Tier: 'Intelligent-Tiering',
          Overwrite: true,
        });
      }
    },
    async [Symbol.asyncDispose]() {
      await mapping.stop();
      await Promise.all([aws.close(), api.close()]);
    },
  };
  await world.refreshAll();
  ageMs = 0;
  world.makeOlder();
  aws.requests.length = 0;
  return world;
}
