import type { RefreshRequest } from './request.ts';
import type { FailedRefresh, Session } from './session.ts';

/*
 * Failed attempts since the latest success, counted in the session. Parameter Store allows few writes per second, so not
 * every attempt is written; the message's receive count covers those in between.
 */

/** Number of attempts before this one that failed or died since the latest success. */
export function tries({ failing }: Session, { messageSentAt, attempt }: RefreshRequest): number {
  if (failing === undefined) return attempt - 1;
  const since = failing.sentAt === messageSentAt ? failing.receives : 0;
  return failing.tries + Math.max(0, attempt - 1 - since);
}

/** Whether the failed attempt at this receive is written even if nothing else changed: at 1, 2, 4, 8 and so on. */
const isWritten = (receives: number): boolean => Number.isInteger(Math.log2(receives));

/** Number of runs of this request that should have written the session and did not: they died, or the write failed. */
export function untoldRuns({ failing }: Session, { messageSentAt, attempt }: RefreshRequest): number {
  const told = failing?.sentAt === messageSentAt ? failing.receives : 0;
  const nextTold = Math.max(1, told * 2);
  return Math.max(0, attempt - nextTold);
}

/** Number of runs of this request that died, for settings where every failed attempt is written. */
export const receivesUntold = ({ failing }: Session, { messageSentAt, attempt }: RefreshRequest): number =>
  attempt - 1 - (failing?.sentAt === messageSentAt ? failing.receives : 0);

/** The session after a failed attempt; the same object if it is not worth a write. */
export function afterFailedAttempt(
  session: Session,
  request: RefreshRequest,
  {
    now,
    isWrittenAnyway,
    refresh = session.failing?.refresh,
  }: { now: number; isWrittenAnyway: boolean; refresh: FailedRefresh | undefined },
): Session {
  const { messageSentAt, attempt } = request;
  if (!isWrittenAnyway && !isWritten(attempt)) return session;
  return {
    ...session,
    failing: {
      since: session.failing?.since ?? now,
      tries: tries(session, request) + 1,
      sentAt: messageSentAt,
      receives: attempt,
      ...(refresh !== undefined && { refresh }),
    },
  };
}
