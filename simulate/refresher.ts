import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type FunctionSettings, SETTINGS_FORMAT_VERSION } from '../contract/function-settings.ts';
import { requestQueueName } from '../contract/names.ts';
import type { RefreshRequestBody } from '../contract/requests.ts';
import { LIMITS, SECOND } from '../contract/times.ts';
import { EventSourceMapping, type Run } from '../fakes/memory-aws/event-source-mapping.ts';
import { FifoQueue } from '../fakes/memory-aws/fifo-queue.ts';
import { requestQueueOptions } from '../fakes/memory-aws/request-queue.ts';
import { createHandler, type Handler } from '../lambda/create-handler.ts';
import type { Sink } from '../lambda/telemetry/telemetry.ts';
import { Container } from './container.ts';
import { simulatedEdges } from './simulated-edges.ts';
import { ENVIRONMENT, type World } from './world.ts';

const COLD_START_MS = { least: 300, most: 800 };

const SILENT: Sink = { log: () => {}, emit: () => {} };

export interface RefresherProps {
  readonly world: World;
  /** Where its log lines and metrics go. Default: nowhere. */
  readonly sink?: Sink;
  /** Told how each run ended. */
  readonly onRun?: (run: Run) => void;
}

/**
 * The refresher as it is deployed: its own code, in containers that come and go, behind a FIFO queue and an event source
 * mapping.
 */
export class Refresher {
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly #world: World;
  readonly #sink: Sink;
  readonly #idle: Process[] = [];

  constructor({ world, sink = SILENT, onRun }: RefresherProps) {
    const { now } = world.time;
    this.#world = world;
    this.#sink = sink;
    this.deadLetters = new FifoQueue({ name: 'dead-letters.fifo', now });
    this.queue = forgetfulQueue(world, this.deadLetters);
    new EventSourceMapping({
      queue: this.queue,
      now,
      handler: (event) => this.#invoke(event),
      schedule: (delayMs, callback) => world.time.after(delayMs, callback),
      ...(onRun && { onRun }),
    }).start();
    this.#listenForCredentials();
  }

  /** What EventBridge Scheduler sends: no two ticks are equal. */
  tick(token: string): void {
    const scheduledTime = new Date(this.#world.time.now()).toISOString();
    this.request({ token, requestedBy: 'schedule', scheduledTime });
  }

  request(body: RefreshRequestBody): void {
    this.queue.send({ body: JSON.stringify(body), groupId: body.token });
  }

  /** The rules on Secrets Manager's events: new credentials are a reason to ask at once. */
  #listenForCredentials(): void {
    const { secretStore, tokens } = this.#world;
    secretStore.onLabelUpdated(({ name, versionId }) => {
      const [token] =
        Object.entries(tokens).find(([, { credentialsSecretId }]) => credentialsSecretId === name) ?? [];
      if (token !== undefined) this.request({ token, requestedBy: 'credentials', versionId });
    });
  }

  async #invoke(event: SQSEvent): Promise<SQSBatchResponse> {
    const { time, faults } = this.#world;
    const process = this.#idleProcess() ?? (await this.#coldStart());
    const { container, handler } = process;
    container.dieAfter(faults.hit('crash')?.afterAwaits ?? Number.POSITIVE_INFINITY);
    const beOnTime = time.after(LIMITS.functionTimeoutSeconds * SECOND, () => container.die());
    const response = await handler(event);
    beOnTime();
    this.#idle.push(process);
    return response;
  }

  /** Any of them: Lambda does not say which. */
  #idleProcess(): Process | undefined {
    const { faults, random } = this.#world;
    if (faults.hit('cold-starts')) this.#idle.length = 0;
    return this.#idle.splice(Math.floor(random() * this.#idle.length), 1)[0];
  }

  async #coldStart(): Promise<Process> {
    const world = this.#world;
    await world.time.sleep(COLD_START_MS.least + world.random() * (COLD_START_MS.most - COLD_START_MS.least));
    const container = new Container();
    const { queue, deadLetters } = this;
    const edges = simulatedEdges({ world, container, queue, deadLetters, sink: this.#sink });
    return { container, handler: createHandler(settingsOf(world), edges) };
  }
}

interface Process {
  readonly container: Container;
  readonly handler: Handler;
}

/** The request queue; while deletes fail, a message that is done with comes again. */
function forgetfulQueue({ time, faults }: World, deadLetters: FifoQueue): FifoQueue {
  class ForgetfulQueue extends FifoQueue {
    override delete(receiptHandle: string): void {
      if (faults.hit('deletes-fail') === undefined) super.delete(receiptHandle);
    }
  }
  return new ForgetfulQueue({
    name: requestQueueName(ENVIRONMENT),
    now: time.now,
    ...requestQueueOptions(deadLetters),
  });
}

const settingsOf = ({ tokens }: World): FunctionSettings => ({
  formatVersion: SETTINGS_FORMAT_VERSION,
  environment: ENVIRONMENT,
  tokens,
});
