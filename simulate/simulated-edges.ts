import { REJECTION_REASON_ATTRIBUTE } from '../contract/requests.ts';
import type { FifoQueue } from '../fakes/memory-aws/fifo-queue.ts';
import type { RequestQueue } from '../lambda/aws/queue.ts';
import type { Edges } from '../lambda/create-handler.ts';
import type { Sink } from '../lambda/telemetry/telemetry.ts';
import { answerTime } from './aws-services.ts';
import type { Container } from './container.ts';
import type { World } from './world.ts';

export interface SimulatedEdgesProps {
  readonly world: World;
  readonly container: Container;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly sink: Sink;
}

/** The simulated world, as a process of the function in this container touches it. */
export function simulatedEdges(props: SimulatedEdgesProps): Edges {
  const { world, container, sink } = props;
  const { time, random, parameters, credentials } = world;
  return {
    parameters: {
      read: (names, timeoutMs) => container.outside(() => parameters.read(names, timeoutMs)),
      write: (parameter, timeoutMs) => container.outside(() => parameters.write(parameter, timeoutMs)),
    },
    credentials: {
      currentVersion: (id, timeoutMs) => container.outside(() => credentials.currentVersion(id, timeoutMs)),
      read: (id, version, timeoutMs) => container.outside(() => credentials.read(id, version, timeoutMs)),
    },
    queue: requestQueue(props),
    send: (request) => container.outside(() => world.hostAt(request.url).send(request)),
    sink,
    clock: {
      now: time.now,
      monotonic: time.now,
      random,
      sleep: (milliseconds) => container.outside(() => time.sleep(milliseconds)),
    },
  };
}

function requestQueue({
  world,
  container,
  queue,
  deadLetters,
}: Omit<SimulatedEdgesProps, 'sink'>): RequestQueue {
  const { time, faults } = world;
  const change = (timeoutMs: number, make: () => void): Promise<void> =>
    container.outside(async () => {
      const fails = faults.hit('queue-changes-fail');
      await time.sleep(fails ? timeoutMs : answerTime(world));
      if (fails) throw Object.assign(new Error(), { name: 'RequestThrottled' });
      make();
    });
  return {
    hide: ({ receiptHandle }, seconds, timeoutMs) =>
      change(timeoutMs, () => queue.changeVisibility(receiptHandle, seconds)),
    send: ({ messageId }, body, groupId, timeoutMs) =>
      change(timeoutMs, () =>
        queue.send({ body: JSON.stringify(body), groupId, deduplicationId: messageId }),
      ),
    reject: ({ messageId, body, attributes }, reason, timeoutMs) =>
      change(timeoutMs, () =>
        deadLetters.send({
          body,
          groupId: attributes.MessageGroupId ?? 'unknown',
          deduplicationId: messageId,
          attributes: { [REJECTION_REASON_ATTRIBUTE]: { DataType: 'String', StringValue: reason } },
        }),
      ),
  };
}
