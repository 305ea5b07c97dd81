import { LOCAL_ACCOUNT } from '../local-account.ts';
import { AwsError } from './aws-error.ts';
import { FifoQueue, type FifoQueueOptions } from './fifo-queue.ts';

export interface QueuesOptions {
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** What queue URLs begin with. */
  readonly endpoint: string;
}

/** The FIFO queues of an account, by name. */
export class Queues {
  readonly #options: QueuesOptions;
  readonly #queues = new Map<string, FifoQueue>();

  constructor(options: QueuesOptions) {
    this.#options = options;
  }

  /** Creates a queue, or returns the one that has this name. */
  create(name: string, options: Omit<FifoQueueOptions, 'name' | 'now'> = {}): FifoQueue {
    const { now = Date.now } = this.#options;
    const queue = this.#queues.get(name) ?? new FifoQueue({ ...options, now, name });
    this.#queues.set(name, queue);
    return queue;
  }

  url(name: string): string {
    return `${this.#options.endpoint}/${LOCAL_ACCOUNT}/${name}`;
  }

  /**
   * @param id name, URL or ARN of a queue
   * @throws AwsError `QueueDoesNotExist`
   */
  get(id: string): FifoQueue {
    const queue = this.#queues.get(nameIn(id));
    if (queue !== undefined) return queue;
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  }
}

const nameIn = (id: string): string => id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf(':')) + 1);
