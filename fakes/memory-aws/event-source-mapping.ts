import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { FifoQueue } from './fifo-queue.ts';
import { lambdaContext } from './lambda-context.ts';
import type { ReceivedMessage } from './queue-message.ts';
import { type Schedule, systemSchedule } from './schedule.ts';
import { sqsRecord } from './sqs-record.ts';

export type SqsHandler = (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse | undefined> | Promise<void>;

export interface EventSourceMappingOptions {
  readonly queue: FifoQueue;
  readonly handler: SqsHandler;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** How to be called later: a simulator passes its own. Default: `setTimeout`. */
  readonly schedule?: Schedule;
  /** Told how each run ended. */
  readonly onRun?: (run: Run) => void;
}

/** One run of the function. */
export interface Run {
  readonly message: ReceivedMessage;
  /** `failed`: the message was reported as a batch item failure. `crashed`: the run threw or took too long. */
  readonly result: 'succeeded' | 'failed' | 'crashed';
  /** What a crashed run threw. */
  readonly error?: unknown;
}

/**
 * Lambda's event source mapping for a FIFO queue, with batch size 1 and ReportBatchItemFailures: one run at a time for
 * each group, groups in parallel. A run that succeeds deletes its message; after any other the message comes
 * back when it becomes visible again.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class EventSourceMapping {
  readonly #options: EventSourceMappingOptions;
  readonly #now: () => number;
  readonly #schedule: Schedule;
  readonly #running = new Set<Promise<Run>>();
  #stopListening: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #wakeIsDue = false;

  constructor(options: EventSourceMappingOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#schedule = options.schedule ?? systemSchedule;
  }

  /**
   * Receives all that can be received now and starts a run for each message. The promises never reject.
   * This is the single step: a simulator calls it whenever its clock reaches `queue.nextVisibleAt()`.
   */
  poll(): Promise<Run>[] {
    const started: Promise<Run>[] = [];
    for (;;) {
      const [message] = this.#options.queue.receive();
      if (message === undefined) break;
      const run = this.#run(message);
      this.#running.add(run);
      void run.then(() => {
        this.#running.delete(run);
        this.#wakeSoon();
      });
      started.push(run);
    }
    return started;
  }

  /** Polls by itself from now on, whenever there is something to receive. */
  start(): void {
    if (this.#stopListening !== undefined) return;
    this.#stopListening = this.#options.queue.onChange(() => this.#wakeSoon());
    this.#wakeSoon();
  }

  /** Receives nothing more, and waits for the runs under way. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#cancelTimer?.();
    await Promise.all(this.#running);
  }

  /** Not at once: what changed the queue is still at work, and may change it again. */
  #wakeSoon(): void {
    if (this.#wakeIsDue || this.#stopListening === undefined) return;
    this.#wakeIsDue = true;
    queueMicrotask(() => {
      this.#wakeIsDue = false;
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#stopListening === undefined) return;
    this.#cancelTimer?.();
    void Promise.all(this.poll());
    const at = this.#options.queue.nextVisibleAt();
    if (at === undefined) return;
    this.#cancelTimer = this.#schedule(Math.max(0, at - this.#now()), () => this.#wake());
  }

  async #run(message: ReceivedMessage): Promise<Run> {
    const { queue, onRun } = this.#options;
    const run: Run = await this.#invoke(message).then(
      (response) => ({ message, result: hasFailures(response) ? 'failed' : 'succeeded' }),
      (error: unknown) => ({ message, result: 'crashed', error }),
    );
    if (run.result === 'succeeded') deleteQuietly(queue, message);
    onRun?.(run);
    return run;
  }

  async #invoke(message: ReceivedMessage): Promise<unknown> {
    const { queue, handler } = this.#options;
    const { functionTimeoutSeconds } = LIMITS;
    const endsAt = this.#now() + functionTimeoutSeconds * SECOND;
    const context = lambdaContext(() => endsAt - this.#now());
    const timeout = Promise.withResolvers<never>();
    const cancel = this.#schedule(functionTimeoutSeconds * SECOND, () =>
      timeout.reject(new Error(`Task timed out after ${functionTimeoutSeconds}.00 seconds`)),
    );
    try {
      return await Promise.race([
        handler({ Records: [sqsRecord(message, queue.arn)] }, context),
        timeout.promise,
      ]);
    } finally {
      cancel();
    }
  }
}

/** A batch of one has failed when anything is reported, even an identifier that is unknown or empty. */
function hasFailures(response: unknown): boolean {
  if (typeof response !== 'object' || response === null || !('batchItemFailures' in response)) return false;
  const failures = response.batchItemFailures ?? [];
  return !Array.isArray(failures) || failures.length > 0;
}

/** The run may have taken longer than the message stayed invisible: then it is delivered again, as by AWS. */
function deleteQuietly(queue: FifoQueue, { receiptHandle }: ReceivedMessage): void {
  try {
    queue.delete(receiptHandle);
  } catch {
    // Visible again.
  }
}
