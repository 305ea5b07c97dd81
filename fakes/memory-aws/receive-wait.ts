import type { FifoQueue } from './fifo-queue.ts';

export interface Wait {
  /** The queue's clock: milliseconds since the epoch. */
  readonly now: () => number;
  /** The longest wait, in milliseconds. */
  readonly longestMs: number;
  /** Ends the wait when the caller has gone. */
  readonly signal: AbortSignal;
}

/** Waits until there may be something to receive: SQS calls it long polling. */
export function receivable(queue: FifoQueue, { now, longestMs, signal }: Wait): Promise<void> {
  const dueInMs = (queue.nextVisibleAt() ?? Number.POSITIVE_INFINITY) - now();
  if (dueInMs <= 0 || longestMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(dueInMs, longestMs));
    const stopListening = queue.onChange(end);
    signal.addEventListener('abort', end);
  });
}
