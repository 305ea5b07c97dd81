import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, MINUTE, SECOND } from '../../contract/times.ts';
import { clamp } from './clamp.ts';
import type { RefreshRequest } from './request.ts';
import type { Session } from './session.ts';
import type { State } from './state.ts';

/* What a request still asks for: nothing any more, a token now, or a token once the rate limit allows it. */

/** A token younger than this is not refreshed again, whoever asks. */
export const MINIMUM_GAP = MINUTE;

/** After this many rejected tokens in a row a new one does not help: somebody should look. */
export const REJECTIONS_IN_A_ROW = 3;
const GAP_AFTER_REJECTIONS = 10 * MINUTE;

/** The next scheduled request has taken over. It has come by then, however late the schedule is. */
export const isSuperseded = (request: RefreshRequest, settings: TokenSettings, now: number): boolean =>
  now - request.sentAt > (settings.intervalSeconds + LIMITS.schedulePrecisionSeconds) * SECOND;

/** The stored access token is already newer than what the request was about, and lives. */
export function isSatisfied(
  request: RefreshRequest,
  { accessToken, session, whole }: Pick<State, 'accessToken' | 'session' | 'whole'>,
  now: number,
): boolean {
  if (accessToken === undefined || !whole) return false;
  if (session.granted === undefined || session.granted.expiresAt <= now) return false;
  const newerThanRejected =
    request.rejectedVersion !== undefined && accessToken.version > request.rejectedVersion;
  return (
    newerThanRejected ||
    (accessToken.writtenAt > request.sentAt && isAnswer(request, session, accessToken.writtenAt))
  );
}

/**
 * A token answers a request if it was not granted before, and was stored soon: consumers, who see no more than when it
 * was stored, would take it for younger than it is.
 *
 * @param storedAt milliseconds since the epoch.
 */
export const isAnswer = (request: RefreshRequest, { granted }: Session, storedAt: number): boolean =>
  granted !== undefined &&
  granted.obtainedAt > request.sentAt - LIMITS.attemptSeconds * SECOND &&
  granted.obtainedAt >= storedAt - LIMITS.storedWithinSeconds * SECOND;

/**
 * Milliseconds until the rate limit allows another refresh; 0: now. A session that does not belong to the stored access
 * token is the trace of a failed write: mending it is no new token for anyone.
 */
export function rateLimitedFor(
  request: RefreshRequest,
  { session, whole }: Pick<State, 'session' | 'whole'>,
  settings: TokenSettings,
  now: number,
): number {
  if (!whole || session.granted === undefined) return 0;
  const repeatedlyRejected =
    request.rejectedVersion !== undefined && session.rejectionsInARow >= REJECTIONS_IN_A_ROW;
  const gap = repeatedlyRejected
    ? Math.min(GAP_AFTER_REJECTIONS, settings.intervalSeconds * SECOND)
    : MINIMUM_GAP;
  return clamp(session.granted.obtainedAt + gap - now, 0, gap);
}
