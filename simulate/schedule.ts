import { SECOND } from '../contract/times.ts';
import type { Span } from './faults.ts';

export interface ScheduleProps {
  readonly from: number;
  readonly to: number;
  readonly intervalSeconds: number;
  /** How long after its due time a tick comes, in milliseconds. */
  readonly lateness: (tick: number) => number;
}

/** When the ticks of a schedule arrive, the first when it is made. Each is late for itself: due times stay on the grid. */
export function tickTimes({ from, to, intervalSeconds, lateness }: ScheduleProps): number[] {
  const count = Math.ceil((to - from) / (intervalSeconds * SECOND));
  return Array.from({ length: count }, (_, tick) => from + tick * intervalSeconds * SECOND + lateness(tick));
}

export interface LimitProps {
  readonly ticks: readonly number[];
  /** In order, not overlapping. */
  readonly outages: readonly Span[];
  readonly accessTokenLifetimeSeconds: number;
}

/**
 * The least time without a valid token, in milliseconds, that any refresher on this schedule could have: one that gets
 * a token in no time, at its tick or the moment the outage ends.
 */
export function arithmeticLimit({ ticks, outages, accessTokenLifetimeSeconds }: LimitProps): number {
  let limit = 0;
  let expiresAt = Number.POSITIVE_INFINITY;
  for (const tick of ticks) {
    const grantedAt = outages.find(({ from, to }) => from <= tick && tick < to)?.to ?? tick;
    limit += Math.max(0, grantedAt - expiresAt);
    expiresAt = grantedAt + accessTokenLifetimeSeconds * SECOND;
  }
  return limit;
}
