import type { TokenSettings } from '../../contract/function-settings.ts';
import { pauseCapSeconds, SECOND } from '../../contract/times.ts';
import { shows } from '../../contract/token-api.ts';
import type { SessionTokens } from '../token-api/token-api.ts';
import type { AllowedLogin, NoLogin } from './credential-rules.ts';
import { receivesUntold } from './failing.ts';
import { isAnswered } from './login-budget.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { isRejected } from './request-rules.ts';
import { liveRefreshToken, type Session } from './session.ts';
import type { State } from './state.ts';

/* When the session's tokens are presented in a refresh, and when a login comes before it. */

export interface RefreshSituation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  readonly session: Session;
  readonly now: number;
}

/** What a refresh would present; undefined: the API has no refresh, or the session holds nothing that may be valid. */
export function tokensToShow(situation: RefreshSituation, state: State): SessionTokens | undefined {
  const { settings, session, now } = situation;
  const { refresh } = settings.api;
  const { granted } = session;
  if (refresh === undefined || granted === undefined || granted.refreshRefused) return undefined;
  const refreshToken = liveRefreshToken(session, now);
  const accessToken = livesUntil(situation, state) > now ? state.accessToken?.value : undefined;
  const isAllThere =
    (refreshToken !== undefined || !shows(refresh, 'refreshToken')) &&
    (accessToken !== undefined || !shows(refresh, 'accessToken'));
  return isAllThere ? { refreshToken, accessToken } : undefined;
}

/**
 * A failed refresh is not repeated during its pause, whoever asks.
 *
 * @returns its failure and the end of the pause; undefined: there is no pause.
 */
export function pausedRefresh({
  settings,
  session,
  now,
}: Omit<RefreshSituation, 'request'>): { failure: RefreshError; until: number } | undefined {
  const failed = session.failing?.refresh;
  if (failed === undefined) return undefined;
  const until = failed.at + Math.min(failed.pauseMs, settings.intervalSeconds * SECOND);
  if (until <= now) return undefined;
  const detail = `not tried again before ${new Date(until).toISOString()}`;
  return { failure: new RefreshError(failed.code, { detail }), until };
}

/** When the stored access token expires; 0: a consumer reports it as rejected, or it does not belong to the session. */
const livesUntil = ({ request, session }: RefreshSituation, { accessToken, whole }: State): number =>
  whole && !isRejected(request, accessToken) ? (session.granted?.expiresAt ?? 0) : 0;

/**
 * When the stored access token expires at the latest. If the session's own access token was never written, the stored one is
 * older and had the same lifetime.
 */
function mayLiveUntil(situation: RefreshSituation, state: State): number {
  const { granted } = situation.session;
  const { accessToken, whole } = state;
  if (whole || granted === undefined || accessToken === undefined) return livesUntil(situation, state);
  if (isRejected(situation.request, accessToken)) return 0;
  return accessToken.writtenAt + granted.expiresAt - granted.obtainedAt;
}

/**
 * Whether a login comes before the refresh: if tokens are renewed by login, or if the API may treat the refresh token as
 * stolen. Not if the stored access token would expire before a login is possible.
 *
 * @param login the login that is allowed now, or when one will be.
 */
export function loginGoesFirst(
  situation: RefreshSituation,
  state: State,
  login: AllowedLogin | NoLogin,
): boolean {
  const { settings, now } = situation;
  const isRisky = isPerhapsSpent(situation);
  if (settings.api.renewBy !== 'login' && !isRisky) return false;
  const dueAt = 'failure' in login ? (login.dueAt ?? now) : now;
  const nextTry = now + pauseCapSeconds(settings.intervalSeconds) * SECOND;
  const diesAt = isRisky ? mayLiveUntil(situation, state) : livesUntil(situation, state);
  return !('failure' in login) || Math.max(dueAt, nextTry) < diesAt;
}

/**
 * The refresh token was sent and may be spent: an answer was lost, or a run died. A server that detects reuse would revoke
 * everything that was granted with it (RFC 9700, section 4.14.2).
 */
export const isPerhapsSpent = ({ request, settings, session }: Omit<RefreshSituation, 'now'>): boolean =>
  settings.api.reuse === 'revokes' &&
  (session.granted?.isPerhapsSpent === true || receivesUntold(session, request) > 0);

/** Whether runs of this request may have died, which has to be recorded for the next requests. */
export const hasToTellOfRuns = ({
  request,
  settings,
}: Pick<RefreshSituation, 'request' | 'settings'>): boolean =>
  settings.api.reuse === 'revokes' && request.attempt > 1;

/** Whether the token API may have exchanged the refresh token although no grant arrived. */
export function mayHaveSpent({ kind, fields: { status } }: RefreshError): boolean {
  if (!isAnswered(kind)) return false;
  return status === undefined || status < 300 || (status >= 500 && status !== 503);
}
