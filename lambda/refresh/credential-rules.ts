import type { TokenSettings } from '../../contract/function-settings.ts';
import { HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import { clamp } from './clamp.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { refusalOf, type Session, withRefusal } from './session.ts';
import type { CredentialsVersion, State } from './state.ts';

/*
 * All rules on when credentials are used, so that no account is locked by us: new ones at once, refused ones seldom, and
 * good ones not again and again while the token API is down.
 */

/** New credentials whose login brought no verdict are not tried again for so long while a refresh token will do. */
const LEAST_PAUSE_OF_NEW = MINUTE;

const SECOND_TRY_OF_REFUSED = 4 * HOUR;
const LATER_TRIES_OF_REFUSED = 24 * HOUR;
const EXTRA_TRY_GAP = HOUR;

const LOGIN_DESPITE_OUTAGE_GAP = 10 * MINUTE;
const ATTEMPTS_BEFORE_LOGIN_DESPITE_OUTAGE = 2;

/** A login that the rules allow now. */
export interface AllowedLogin {
  /** Version of the secret whose credentials are shown. */
  readonly versionId: string;
  /** The credentials were never accepted nor refused, and are tried for that reason. */
  readonly isNew?: boolean;
  /** They were refused and are not due; a request asked for one extra try. */
  readonly isExtra?: boolean;
}

/** What the rules on credentials go by. */
export interface CredentialsSituation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  readonly session: Session;
  readonly credentials: CredentialsVersion;
  readonly now: number;
}

/** What is wrong with the credentials is known: until they change, or their next try is due, a login is no use. */
export const isVerdict = ({ kind }: RefreshError): boolean => kind === 'refused' || kind === 'credentials';

/** The current version of the credentials, if the session was not got with it and it was never refused. */
export function newVersion({
  credentials,
  session,
}: Pick<State, 'credentials' | 'session'>): string | undefined {
  if (credentials === 'none' || credentials instanceof Error) return undefined;
  const { versionId } = credentials;
  const isKnown =
    versionId === session.granted?.credentialsVersion || refusalOf(session, versionId) !== undefined;
  return isKnown ? undefined : versionId;
}

/** New credentials are tried at once, whoever asked, unless a login without a verdict has paused them. */
export function loginWithNewCredentials(
  situation: Pick<CredentialsSituation, 'credentials' | 'session' | 'now'>,
): AllowedLogin | undefined {
  const { session, now } = situation;
  const versionId = newVersion(situation);
  if (versionId === undefined) return undefined;
  const isPaused = session.undecided?.versionId === versionId && session.undecided.until > now;
  return isPaused ? undefined : { versionId, isNew: true };
}

/** A login because there is no other way to a token. A failure: none is allowed now. */
export function loginAsLastResort(situation: CredentialsSituation): AllowedLogin | RefreshError {
  const { request, settings, session, credentials, now } = situation;
  if (credentials === 'none') return new RefreshError('NoCredentials');
  if (credentials instanceof RefreshError) return credentials;
  const { versionId } = credentials;
  const refusal = refusalOf(session, versionId);
  const waitMs = nextTryOfRefused(session, versionId, settings) - now;
  if (refusal === undefined || waitMs <= 0) return { versionId };
  if (mayTryOnceMore(request, session, now)) return { versionId, isExtra: true };
  const retryAfterSeconds = Math.ceil(waitMs / SECOND);
  return new RefreshError(refusal.code, { retryAfterSeconds, detail: 'not tried again yet' });
}

/**
 * When refused credentials may be tried again: after one interval, after 4 hours, then daily. An account that
 * locks after ten wrong passwords stays open.
 *
 * @returns milliseconds since the epoch; 0 if that version was never refused.
 */
export function nextTryOfRefused(session: Session, versionId: string, settings: TokenSettings): number {
  const refusal = refusalOf(session, versionId);
  if (refusal === undefined) return 0;
  const interval = settings.intervalSeconds * SECOND;
  if (refusal.times === 1) return refusal.at + interval;
  return (
    refusal.at + (refusal.times === 2 ? Math.max(interval, SECOND_TRY_OF_REFUSED) : LATER_TRIES_OF_REFUSED)
  );
}

/** A request may ask for one try of refused credentials before they are due. */
export const mayTryOnceMore = (request: RefreshRequest, { extraTryAt }: Session, now: number): boolean =>
  request.retryRefused && (extraTryAt === undefined || now - extraTryAt >= EXTRA_TRY_GAP);

/** After two failed attempts the refresh endpoint alone may be down: seldom enough, a login may be tried instead. */
export const mayLogInDespiteOutage = (request: RefreshRequest, session: Session, now: number): boolean =>
  request.attempt > ATTEMPTS_BEFORE_LOGIN_DESPITE_OUTAGE &&
  (session.loginDespiteOutageAt === undefined ||
    now - session.loginDespiteOutageAt >= LOGIN_DESPITE_OUTAGE_GAP);

export interface FailedLogin extends Pick<CredentialsSituation, 'session' | 'settings' | 'now'> {
  readonly login: AllowedLogin;
  readonly failure: RefreshError;
}

/** The session after a login that failed: what keeps the next attempts from repeating it. */
export function afterFailedLogin({ session, settings, now, login, failure }: FailedLogin): Session {
  const { versionId, isNew, isExtra } = login;
  const { code, kind, fields } = failure;
  if (code === 'NoCredentials') return withoutCredentials(session, now);
  if (code === 'CredentialsRefused' || code === 'CredentialsMalformed') {
    if (isExtra) return { ...session, extraTryAt: now };
    const times = (refusalOf(session, versionId)?.times ?? 0) + 1;
    return withRefusal(session, { versionId, code, at: now, times });
  }
  if (!isNew || kind === 'refused') return session;
  const since = session.undecided?.versionId === versionId ? session.undecided.since : now;
  const pause = clamp(
    (fields.retryAfterSeconds ?? 0) * SECOND,
    LEAST_PAUSE_OF_NEW,
    settings.intervalSeconds * SECOND,
  );
  return { ...session, undecided: { versionId, code, since, until: now + pause } };
}

/** Notes when the secret was first found without a value. */
export const withoutCredentials = (session: Session, now: number): Session =>
  session.credentialsMissingSince === undefined ? { ...session, credentialsMissingSince: now } : session;
