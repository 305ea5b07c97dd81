import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { RefreshRequest } from './request.ts';
import type { Session } from './session.ts';

/** Longest time that a request stays hidden. A hidden message blocks its message group, and so for example new credentials. */
export const LONGEST_HIDING = 20 * SECOND;

/** A request ends this long after the next scheduled one is due, however long the token API asks to wait. */
const OVERTIME = 5 * 60 * SECOND;

/** How a request waits for its next attempt. Times in milliseconds since the epoch. */
export type Wait =
  /** Its message stays hidden until then. */
  | { readonly how: 'hidden'; readonly until: number }
  /** Its message is deleted and a wake-up takes over. `isNew`: the wake-up has to be sent; else one is already pending. */
  | { readonly how: 'wake-up'; readonly until: number; readonly isNew: boolean }
  /** Its message is deleted, because the next tick comes first. */
  | { readonly how: 'next tick'; readonly until: number };

/** Chooses how to wait without blocking other requests of the token. */
export function waitUntil(
  until: number,
  {
    request,
    settings,
    session,
    now,
  }: {
    readonly request: RefreshRequest;
    readonly settings: TokenSettings;
    readonly session: Session;
    readonly now: number;
  },
): Wait {
  if (until - now <= LONGEST_HIDING) return { how: 'hidden', until };
  if (until >= request.sentAt + settings.intervalSeconds * SECOND) return { how: 'next tick', until };
  const { wakeUpAt = 0 } = session;
  // A pending wake-up of the previous tick's request ends with this tick, which therefore needs its own.
  return request.requestedBy !== 'schedule' && wakeUpAt > now && wakeUpAt <= until
    ? { how: 'wake-up', until: wakeUpAt, isNew: false }
    : { how: 'wake-up', until, isNew: true };
}

/** Latest end of hiding a message: the next tick's request has replaced it by then. */
export const latestHiding = (request: RefreshRequest, settings: TokenSettings, now: number): number =>
  Math.max(now + SECOND, request.sentAt + settings.intervalSeconds * SECOND + OVERTIME);

/** Longest time that a wake-up waits, in milliseconds. Anything due after the next tick needs no wake-up. */
export const longestWait = ({ intervalSeconds }: TokenSettings): number =>
  (intervalSeconds + LIMITS.schedulePrecisionSeconds) * SECOND;
