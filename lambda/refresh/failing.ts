import type { RefreshRequest } from './request.ts';
import type { FailedRefresh, Session } from './session.ts';

/*
 * Failed attempts since the latest success, counted in the session. To spare Parameter Store, whose writes are few per
 * second, not each is written: the receives of the message tell of those in between.
 */

/** How many attempts have failed since the latest success, or died, before this one. */
export function tries({ failing }: Session, { messageSentAt, attempt }: RefreshRequest): number {
  if (failing === undefined) return attempt - 1;
  const since = failing.sentAt === messageSentAt ? failing.receives : 0;
  return failing.tries + Math.max(0, attempt - 1 - since);
}

/** After how many receives of a message a failed attempt is written, whatever else there is to write. */
const isWritten = (receives: number): boolean => Number.isInteger(Math.log2(receives));

/** Runs of this request that should have left a trace in the session, and did not: they died, or could not write. */
export function untoldRuns({ failing }: Session, { messageSentAt, attempt }: RefreshRequest): number {
  const told = failing?.sentAt === messageSentAt ? failing.receives : 0;
  const nextTold = Math.max(1, told * 2);
  return Math.max(0, attempt - nextTold);
}

/** Receives of this request of which the session says nothing, where each failed attempt is written: runs that died. */
export const receivesUntold = ({ failing }: Session, { messageSentAt, attempt }: RefreshRequest): number =>
  attempt - 1 - (failing?.sentAt === messageSentAt ? failing.receives : 0);

/** The session after a failed attempt; the same where that is not worth a write. */
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
