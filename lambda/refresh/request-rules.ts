import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, MINUTE, SECOND } from '../../contract/times.ts';
import { clamp } from './clamp.ts';
import type { RefreshRequest } from './request.ts';
import type { Granted, Session } from './session.ts';
import type { State } from './state.ts';

/* Whether a request still needs a token, and whether the rate limit allows one now. */

/** A token younger than this is not replaced, whoever asks. */
const minimumGap = ({ minimumGapSeconds = MINUTE / SECOND }: TokenSettings): number =>
  minimumGapSeconds * SECOND;

/** Pause after the token API returned the stored token again. */
const GAP_AFTER_REPEAT = 20 * SECOND;

/** After this many rejected tokens in a row new ones do not help, so they are got less often. */
export const REJECTIONS_IN_A_ROW = 3;
const GAP_AFTER_REJECTIONS = 10 * MINUTE;

/** A token that expires before the next tick is renewed this long before. */
const RENEWED_BEFORE_EXPIRY = 5 * MINUTE;

/** The request is so old that the next scheduled one has arrived, however late the schedule is. */
export const isSuperseded = (request: RefreshRequest, settings: TokenSettings, now: number): boolean =>
  now - request.sentAt > (settings.intervalSeconds + LIMITS.schedulePrecisionSeconds) * SECOND;

type StoredState = Pick<State, 'accessToken' | 'session' | 'whole'>;

/** The stored access token is newer than the request, alive, and not due for renewal. */
export function isSatisfied(
  request: RefreshRequest,
  { accessToken, session, whole }: StoredState,
  settings: TokenSettings,
  now: number,
): boolean {
  const { granted } = session;
  if (accessToken === undefined || !whole || granted === undefined || granted.expiresAt <= now) return false;
  if (renewalAt(granted, settings) <= now) return false;
  if (request.rejectedVersion !== undefined && accessToken.version > request.rejectedVersion) return true;
  if (isRejected(request, accessToken)) return false;
  return (
    Math.max(accessToken.writtenAt, granted.repeatedAt ?? 0) > request.sentAt &&
    isAnswer(request, session, accessToken.writtenAt)
  );
}

/** A consumer reported the stored access token as rejected. */
export const isRejected = (request: RefreshRequest, accessToken: State['accessToken']): boolean =>
  accessToken !== undefined && request.rejectedVersion === accessToken.version;

/**
 * A token answers a request if it was granted after the request and stored soon after that. Consumers compute a token's age
 * from when it was stored, and would overestimate the lifetime of one that was stored late.
 *
 * @param storedAt milliseconds since the epoch.
 */
export function isAnswer(request: RefreshRequest, { granted }: Session, storedAt: number): boolean {
  if (granted === undefined) return false;
  const earliest = request.sentAt - LIMITS.attemptSeconds * SECOND;
  if (granted.repeatedAt !== undefined && granted.repeatedAt > earliest) return true;
  return (
    granted.obtainedAt > earliest && granted.obtainedAt >= storedAt - LIMITS.storedWithinSeconds * SECOND
  );
}

/**
 * Milliseconds until the rate limit allows another refresh; 0: now. If session and stored access token do not belong
 * together, a write has failed; its repair is not limited.
 */
export function rateLimitedFor(
  request: RefreshRequest,
  { session, whole }: Pick<State, 'session' | 'whole'>,
  settings: TokenSettings,
  now: number,
): number {
  const { granted } = session;
  if (!whole || granted === undefined) return 0;
  const repeatedlyRejected =
    request.rejectedVersion !== undefined && session.rejectionsInARow >= REJECTIONS_IN_A_ROW;
  const gap = repeatedlyRejected
    ? Math.max(minimumGap(settings), Math.min(GAP_AFTER_REJECTIONS, settings.intervalSeconds * SECOND))
    : minimumGap(settings);
  const afterRepeat = (granted.repeatedAt ?? 0) + GAP_AFTER_REPEAT - now;
  return Math.max(clamp(granted.obtainedAt + gap - now, 0, gap), clamp(afterRepeat, 0, GAP_AFTER_REPEAT));
}

/**
 * When a token has to be renewed between two ticks because it expires before the next; Infinity: it lives longer.
 *
 * @returns milliseconds since the epoch: 5 minutes before it expires, or after half of its lifetime if that is later.
 */
export function renewalAt(granted: Granted, settings: TokenSettings): number {
  const { obtainedAt, expiresAt, repeatedAt } = granted;
  const from = repeatedAt ?? obtainedAt;
  const left = expiresAt - from;
  const untilNextTick =
    (settings.intervalSeconds + LIMITS.schedulePrecisionSeconds + LIMITS.attemptSeconds) * SECOND;
  if (left >= untilNextTick) return Number.POSITIVE_INFINITY;
  const gap = repeatedAt === undefined ? minimumGap(settings) : GAP_AFTER_REPEAT;
  return Math.max(expiresAt - RENEWED_BEFORE_EXPIRY, from + left / 2, from + gap);
}
