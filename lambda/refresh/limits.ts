import type { TokenSettings } from '../../contract/function-settings.ts';
import { HOUR, LIMITS, MINUTE, SECOND } from '../../contract/times.ts';
import type { State } from '../aws/state.ts';
import type { RefreshRequest } from './request.ts';
import { refusalOf, type Session } from './session.ts';

/** A token younger than this is not refreshed again, whoever asks. */
export const MINIMUM_GAP = MINUTE;

/** After this many rejected tokens in a row a new one does not help: somebody should look. */
export const REJECTIONS_IN_A_ROW = 3;
const GAP_AFTER_REJECTIONS = 10 * MINUTE;

const SECOND_TRY_OF_REFUSED = 4 * HOUR;
const LATER_TRIES_OF_REFUSED = 24 * HOUR;
const EXTRA_TRY_GAP = HOUR;

const LOGIN_DESPITE_OUTAGE_GAP = 10 * MINUTE;
const ATTEMPTS_BEFORE_LOGIN_DESPITE_OUTAGE = 2;

/** The next scheduled request has taken over. It has come by then, however late the schedule is. */
export const isSuperseded = (request: RefreshRequest, settings: TokenSettings, now: number): boolean =>
  now - request.sentAt > (settings.intervalSeconds + LIMITS.schedulePrecisionSeconds) * SECOND;

/** The stored access token is already newer than what the request was about, and lives. */
export function isSatisfied(
  request: RefreshRequest,
  { accessToken, session, whole }: State,
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
 * Milliseconds to wait before a token may be asked for again; 0: go ahead. A session that does not belong to the
 * stored access token is the trace of a failed write: mending it is no new token for anyone.
 */
export function rationedFor(
  request: RefreshRequest,
  { session, whole }: State,
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

/** The current version of the credentials, if the session was not got with it and it was never refused. */
export function newCredentials({ credentials, session }: State): string | undefined {
  if (credentials === 'none' || credentials instanceof Error) return undefined;
  const { versionId } = credentials;
  const isKnown =
    versionId === session.granted?.credentialsVersion || refusalOf(session, versionId) !== undefined;
  return isKnown ? undefined : versionId;
}

/** The same, unless a login with them has brought no verdict and its pause is not over. */
export function newCredentialsDue(state: State, now: number): string | undefined {
  const versionId = newCredentials(state);
  const { undecided } = state.session;
  return undecided?.versionId === versionId && (undecided?.until ?? 0) > now ? undefined : versionId;
}

/**
 * Until when new credentials are not due after a login without a verdict.
 *
 * @param retryAfterSeconds what the token API asked for.
 */
export const undecidedUntil = (retryAfterSeconds: number, settings: TokenSettings, now: number): number =>
  now + clamp(retryAfterSeconds, MINIMUM_GAP / SECOND, settings.intervalSeconds) * SECOND;

/**
 * When refused credentials may be tried again: after one interval, after 4 hours, then daily. An account that
 * locks after ten wrong passwords stays open.
 *
 * @returns milliseconds since the epoch; 0 if that version was never refused.
 */
export function nextTryOfCredentials(session: Session, versionId: string, settings: TokenSettings): number {
  const refusal = refusalOf(session, versionId);
  if (refusal === undefined) return 0;
  const interval = settings.intervalSeconds * SECOND;
  if (refusal.times === 1) return refusal.at + interval;
  return (
    refusal.at + (refusal.times === 2 ? Math.max(interval, SECOND_TRY_OF_REFUSED) : LATER_TRIES_OF_REFUSED)
  );
}

/** A request may ask for one try out of turn. */
export const mayTryOutOfTurn = (request: RefreshRequest, { extraTryAt }: Session, now: number): boolean =>
  request.retryRefused && (extraTryAt === undefined || now - extraTryAt >= EXTRA_TRY_GAP);

/** After two failed attempts the refresh endpoint alone may be down: seldom enough, a login may be tried instead. */
export const mayLogInDespiteOutage = (request: RefreshRequest, session: Session, now: number): boolean =>
  request.attempt > ATTEMPTS_BEFORE_LOGIN_DESPITE_OUTAGE &&
  (session.loginDespiteOutageAt === undefined ||
    now - session.loginDespiteOutageAt >= LOGIN_DESPITE_OUTAGE_GAP);

export function liveRefreshToken({ granted }: Session, now: number): string | undefined {
  if (granted?.refreshToken === undefined) return undefined;
  return (granted.refreshTokenExpiresAt ?? Number.POSITIVE_INFINITY) > now ? granted.refreshToken : undefined;
}

export const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));
