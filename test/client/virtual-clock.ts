import type { Clock } from '../../contract/clock.ts';
import { VirtualTime } from '../../simulate/virtual-time.ts';

/** A clock whose time a test lets pass; `wallOffsetMs` is how far somebody has set the wall clock. */
export interface VirtualClock extends Clock {
  wallOffsetMs: number;
  /** How long the monotonic clock has stood still, as in a machine that slept. */
  sleptMs: number;
  random: () => number;
  /** Lets so many milliseconds pass, and runs everything that falls due. */
  pass(milliseconds: number): Promise<void>;
  /** Without jitter: reads fall due at 80 % of the maximum age. */
  readonly time: VirtualTime;
}

const START = Date.parse('2026-11-21T09:00:00Z');

export function virtualClock(): VirtualClock {
  const time = new VirtualTime(START);
  const clock: VirtualClock = {
    time,
    wallOffsetMs: 0,
    sleptMs: 0,
    random: () => 0,
    now: () => time.now() + clock.wallOffsetMs,
    monotonic: () => time.now() - START - clock.sleptMs,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        time.at(time.now() + milliseconds, resolve);
      }),
    pass: (milliseconds) => time.runUntil(time.now() + milliseconds),
  };
  return clock;
}
