import type { Clock } from '../contract/clock.ts';
import { elapsedSince, momentOf } from './clock.ts';

export interface TimeLimit {
  readonly ms: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Why it ended, for whoever waits. */
  readonly error: () => Error;
}

/** For whatever still runs. Made once: without a reason each abort makes an exception with a stack of its own. */
const OVER = new Error('the work is over, or its time is');

/** If a timer fires this late, the process was busy or frozen, and the answer may have arrived unread. */
export const LATE_MS = 1_000;
const GRACE_MS = 250;

/** Runs work that is aborted when its time is over or the signal is aborted. Leaves no timer behind. */
export async function withinLimit<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, clock, signal, error }: TimeLimit,
): Promise<T> {
  const end = new AbortController();
  const abort = () => end.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', abort, { once: true });
  const startedAt = momentOf(clock);
  const timeout = async () => {
    await clock.sleep(ms, end.signal);
    if (elapsedSince(startedAt, clock) > ms + LATE_MS) await clock.sleep(GRACE_MS, end.signal);
    throw error();
  };
  try {
    return await Promise.race([work(end.signal), timeout()]);
  } finally {
    signal.removeEventListener('abort', abort);
    end.abort(OVER);
  }
}
