import { LIMITS } from '../../contract/times.ts';
import type { FifoQueue, FifoQueueOptions } from './fifo-queue.ts';

/** What the stack makes of the request queue, beside its name. */
export const requestQueueOptions = (deadLetters: FifoQueue): Omit<FifoQueueOptions, 'name' | 'now'> => ({
  contentBasedDeduplication: true,
  deduplicationScope: 'messageGroup',
  visibilitySeconds: LIMITS.visibilitySeconds,
  redrive: { queue: deadLetters, maxReceiveCount: LIMITS.maxReceiveCount },
});
