import { SETTINGS_FORMAT_VERSION, type TokenSettings } from '../contract/function-settings.ts';
import { REJECTION_REASON_ATTRIBUTE } from '../contract/requests.ts';
import { SECOND } from '../contract/times.ts';
import type { FifoQueue } from '../fakes/memory-aws/fifo-queue.ts';
import type { RequestQueue } from '../lambda/aws/queue.ts';
import { stateStore } from '../lambda/aws/state.ts';
import type { ProcessDeps } from '../lambda/refresh/process-record.ts';
import type { RefreshDeps } from '../lambda/refresh/refresh.ts';
import { type Sink, telemetry } from '../lambda/telemetry/telemetry.ts';
import { passwordTokenApi } from '../lambda/token-api/token-api.ts';
import { answerTime } from './aws-services.ts';
import type { Container } from './container.ts';
import { ENVIRONMENT, type World } from './world.ts';

const QUEUE_TROUBLE_MS = 4 * SECOND;

export interface ProcessDepsProps {
  readonly world: World;
  readonly container: Container;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly sink: Sink;
}

/** What a process of the function starts with: its real parts, with the simulated world at their edges. */
export function processDeps({ world, container, queue, deadLetters, sink }: ProcessDepsProps): ProcessDeps {
  const { time, random } = world;
  const clock = {
    now: time.now,
    monotonic: time.now,
    random,
    sleep: (milliseconds: number) => container.outside(() => time.sleep(milliseconds)),
  };
  const parameters: RefreshParts['parameters'] = {
    read: (names, timeoutMs) => container.outside(() => world.parameters.read(names, timeoutMs)),
    write: (parameter, timeoutMs) => container.outside(() => world.parameters.write(parameter, timeoutMs)),
  };
  const credentials: RefreshParts['credentials'] = {
    currentVersion: (id, timeoutMs) =>
      container.outside(() => world.credentials.currentVersion(id, timeoutMs)),
    read: (id, version, timeoutMs) => container.outside(() => world.credentials.read(id, version, timeoutMs)),
  };

  const depsOf = (token: string, settings: TokenSettings): RefreshDeps => ({
    settings,
    credentials,
    clock,
    states: stateStore({ environment: ENVIRONMENT, token, settings, parameters, credentials, clock }),
    tokenApi: passwordTokenApi(settings, {
      post: (request) => container.outside(() => world.host(token).post(request)),
      clock,
    }),
  });
  const known = new Map<string, RefreshDeps>();
  return {
    settings: { formatVersion: SETTINGS_FORMAT_VERSION, environment: ENVIRONMENT, tokens: world.tokens },
    clock,
    telemetry: telemetry(ENVIRONMENT, sink),
    queue: requestQueue({ world, container, queue, deadLetters }),
    refreshDeps(token, settings) {
      const deps = known.get(token) ?? depsOf(token, settings);
      known.set(token, deps);
      return deps;
    },
  };
}

type RefreshParts = Pick<World, 'parameters' | 'credentials'>;

function requestQueue({
  world,
  container,
  queue,
  deadLetters,
}: Omit<ProcessDepsProps, 'sink'>): RequestQueue {
  const { time, faults } = world;
  const change = (make: () => void): Promise<void> =>
    container.outside(async () => {
      const fails = faults.hit('queue-changes-fail');
      await time.sleep(fails ? QUEUE_TROUBLE_MS : answerTime(world));
      if (fails) throw Object.assign(new Error(), { name: 'RequestThrottled' });
      make();
    });
  return {
    putOff: ({ receiptHandle }, seconds) => change(() => queue.changeVisibility(receiptHandle, seconds)),
    reject: ({ messageId, body, attributes }, reason) =>
      change(() =>
        deadLetters.send({
          body,
          groupId: attributes.MessageGroupId ?? 'unknown',
          deduplicationId: messageId,
          attributes: { [REJECTION_REASON_ATTRIBUTE]: { DataType: 'String', StringValue: reason } },
        }),
      ),
  };
}
