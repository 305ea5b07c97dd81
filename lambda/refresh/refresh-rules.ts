import type { TokenSettings } from '../../contract/function-settings.ts';
import { pauseCapSeconds, SECOND } from '../../contract/times.ts';
import { shows } from '../../contract/token-api.ts';
import type { SessionTokens } from '../token-api/token-api.ts';
import type { AllowedLogin, NoLogin } from './credential-rules.ts';
import { receivesUntold } from './failing.ts';
import { isAnswered } from './login-budget.ts';
import type { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { isRejected } from './request-rules.ts';
import { liveRefreshToken, type Session } from './session.ts';
import type { State } from './state.ts';

/* When what a session holds is shown to the token API, and when a login goes before it. */

export interface RefreshSituation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  readonly session: Session;
  readonly now: number;
}

/** What a refresh would show; undefined: the API has no refresh, or there is nothing to show that may be good. */
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

/** When the stored access token dies; 0: a consumer reports it as rejected, or it is not that of the session. */
const livesUntil = ({ request, session }: RefreshSituation, { accessToken, whole }: State): number =>
  whole && !isRejected(request, accessToken) ? (session.granted?.expiresAt ?? 0) : 0;

/**
 * Whether a login goes before the refresh: for an API that is renewed by login, or that may take the refresh token for
 * stolen. Not if the stored access token would be dead before a login is possible.
 *
 * @param login that the rules allow now, or when they will.
 */
export function loginGoesFirst(
  situation: RefreshSituation,
  state: State,
  login: AllowedLogin | NoLogin,
): boolean {
  const { settings, now } = situation;
  if (settings.api.renewBy !== 'login' && !isPerhapsSpent(situation)) return false;
  const dueAt = 'failure' in login ? (login.dueAt ?? now) : now;
  const nextTry = now + pauseCapSeconds(settings.intervalSeconds) * SECOND;
  return !('failure' in login) || Math.max(dueAt, nextTry) < livesUntil(situation, state);
}

/**
 * The refresh token was shown, and nobody knows what came of it: an answer was lost, or a run died. A server that looks for
 * stolen refresh tokens would revoke all that was granted with it (RFC 9700, section 4.14.2).
 */
export const isPerhapsSpent = ({ request, settings, session }: Omit<RefreshSituation, 'now'>): boolean =>
  settings.api.reuse === 'revokes' &&
  (session.granted?.isPerhapsSpent === true || receivesUntold(session, request) > 0);

/** Whether runs of this request may have died, which the next requests have to know. */
export const hasToTellOfRuns = ({
  request,
  settings,
}: Pick<RefreshSituation, 'request' | 'settings'>): boolean =>
  settings.api.reuse === 'revokes' && request.attempt > 1;

/** Whether the token API may have exchanged the refresh token though no grant came. */
export function mayHaveSpent({ kind, fields: { status } }: RefreshError): boolean {
  if (!isAnswered(kind)) return false;
  return status === undefined || status < 300 || (status >= 500 && status !== 503);
}
