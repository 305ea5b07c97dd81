import type { Clock } from '../contract/clock.ts';

/** A moment on both clocks. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export const momentOf = (clock: Clock): Moment => ({ wall: clock.now(), monotonic: clock.monotonic() });

/**
 * Milliseconds since a moment, by the clock that counted more: the wall clock may have been set back, and the other
 * one may have stood still while a laptop or a Lambda environment slept.
 */
export const elapsedSince = ({ wall, monotonic }: Moment, clock: Clock): number =>
  Math.max(clock.now() - wall, clock.monotonic() - monotonic);
