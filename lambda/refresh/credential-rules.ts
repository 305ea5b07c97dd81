import type { TokenSettings } from '../../contract/function-settings.ts';
import { HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import { tries, untoldRuns } from './failing.ts';
import { dueAt, isAnswered, WINDOW } from './login-budget.ts';
import { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';
import { failedLoginsOf, type LoginKey, type Session, withFailedLogins } from './session.ts';
import type { CredentialsVersion } from './state.ts';

/*
 * The rules on when credentials may be used, so that we lock no account. New ones are used at once; after a failed login,
 * login-budget.ts decides.
 */

/** Pause before new credentials that got no verdict are tried again. Meanwhile the refresh token serves. */
const PAUSE_OF_UNTRIED = MINUTE;

const EXTRA_TRY_GAP = HOUR;

const LOGIN_DESPITE_OUTAGE_GAP = 10 * MINUTE;
const TRIES_BEFORE_LOGIN_DESPITE_OUTAGE = 2;

/** A login that the rules allow now. */
export interface AllowedLogin extends LoginKey {
  /** The credentials are new: the session was started with others. */
  readonly isNew?: boolean;
  /** The login is not due yet, but the request asks for one extra try. */
  readonly isExtra?: boolean;
}

/** Why no login is allowed now. */
export interface NoLogin {
  readonly failure: RefreshError;
  /** When one will be allowed. Infinity: not until an operator acts. Absent: not known. */
  readonly dueAt?: number;
}

/** What the rules on credentials depend on. */
export interface CredentialsSituation {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  /** The login request as the settings describe it, hashed. */
  readonly loginRequest: string;
  readonly session: Session;
  readonly credentials: CredentialsVersion;
  readonly now: number;
}

/** The failure is about the credentials themselves: until they change or the next login is due, another login is useless. */
export const isVerdict = ({ kind }: RefreshError): boolean =>
  kind === 'refused' || kind === 'malformed' || kind === 'missing';

/** New credentials are tried at once, whoever asked, and again when they are due. */
export function loginWithNewCredentials(situation: CredentialsSituation): AllowedLogin | undefined {
  const { request, session, now } = situation;
  const key = keyOf(situation);
  if (key === undefined || key.versionId === session.granted?.credentialsVersion) return undefined;
  if (!mayLogInAfter(untoldRuns(session, request))) return undefined;
  const failed = failedLoginsOf(session, key);
  if (failed === undefined) return { ...key, isNew: true };
  const due = Math.max(dueOf(situation, key), failed.at + PAUSE_OF_UNTRIED);
  if (due <= now) return { ...key, isNew: true };
  return mayTryOnceMore(request, session, now) ? { ...key, isNew: true, isExtra: true } : undefined;
}

/** A login where nothing else can give a token. */
export function loginAsLastResort(situation: CredentialsSituation): AllowedLogin | NoLogin {
  const { request, session, credentials, now } = situation;
  const key = keyOf(situation);
  if (credentials instanceof RefreshError) return { failure: credentials };
  if (key === undefined)
    return { failure: new RefreshError('NoCredentials'), dueAt: Number.POSITIVE_INFINITY };
  if (!mayLogInAfter(untoldRuns(session, request))) {
    return { failure: new RefreshError('RunsDied', { detail: 'earlier runs of this request died' }) };
  }
  const failed = failedLoginsOf(session, key);
  const due = dueOf(situation, key);
  if (failed === undefined || due <= now) return key;
  if (mayTryOnceMore(request, session, now)) return { ...key, isExtra: true };
  return { failure: new RefreshError(failed.code, { detail: notYet(due) }), dueAt: due };
}

const notYet = (due: number): string =>
  due === Number.POSITIVE_INFINITY
    ? 'not tried again: store the value anew, or ask with retryRefused'
    : `not tried again before ${new Date(due).toISOString()}`;

function dueOf({ session, settings }: CredentialsSituation, key: LoginKey): number {
  const { intervalSeconds, api } = settings;
  const failed = failedLoginsOf(session, key);
  const wereAccepted = session.granted?.credentialsVersion === key.versionId;
  return failed === undefined ? 0 : dueAt({ failed, wereAccepted, intervalSeconds, as: api.as });
}

function keyOf({ credentials, loginRequest }: CredentialsSituation): LoginKey | undefined {
  if (credentials === 'none' || credentials instanceof RefreshError) return undefined;
  return { versionId: credentials.versionId, request: loginRequest };
}

/** Once an hour, a request may ask for a login before it is due. */
export const mayTryOnceMore = (request: RefreshRequest, { extraTryAt }: Session, now: number): boolean =>
  request.retryRefused && (extraTryAt === undefined || now - extraTryAt >= EXTRA_TRY_GAP);

/**
 * A run that dies may have sent the credentials without recording it. After one such run the next may log in; then the
 * pauses double, counted in receives of the message.
 */
export const mayLogInAfter = (untold: number): boolean => untold === 0 || Number.isInteger(Math.log2(untold));

/** After two failed attempts only the refresh endpoint may be down, so a login may be tried instead, at most every ten minutes. */
export const mayLogInDespiteOutage = (request: RefreshRequest, session: Session, now: number): boolean =>
  tries(session, request) >= TRIES_BEFORE_LOGIN_DESPITE_OUTAGE &&
  (session.loginDespiteOutageAt === undefined ||
    now - session.loginDespiteOutageAt >= LOGIN_DESPITE_OUTAGE_GAP);

export interface FailedLogin {
  readonly session: Session;
  readonly login: AllowedLogin;
  readonly failure: RefreshError;
  /** When the credentials were sent, in milliseconds since the epoch. Empty: not at all. */
  readonly shown: readonly number[];
  readonly now: number;
}

/** The session after a failed login. It limits the logins of later attempts. */
export function afterFailedLogin({ session, login, failure, shown, now }: FailedLogin): Session {
  const { isExtra, isNew, ...key } = login;
  const { code, kind, fields } = failure;
  if (kind === 'missing') return withoutCredentials(session, now);
  const before = failedLoginsOf(session, key);
  const counts = isAnswered(kind) || kind === 'malformed';
  if (!counts && before !== undefined) return session;
  const wasAccepted = kind === 'unusable';
  const isSameKind = before !== undefined && before.times > 0 && new RefreshError(before.code).kind === kind;
  const retryAfterMs = (fields.retryAfterSeconds ?? 0) * SECOND;
  const failed = {
    ...key,
    code,
    at: now,
    since: before?.since ?? now,
    times: counts ? (isSameKind ? before.times : 0) + 1 : 0,
    refusals: wasAccepted ? 0 : (before?.refusals ?? 0) + (isVerdict(failure) ? 1 : 0),
    shown: wasAccepted ? [] : [...(before?.shown ?? []), ...shown].filter((time) => time > now - WINDOW),
    ...(retryAfterMs > 0 && { notBefore: now + retryAfterMs }),
  };
  const noted = counts || isNew ? withFailedLogins(session, failed) : session;
  return isExtra && counts ? { ...noted, extraTryAt: now } : noted;
}

/** Records when the secret was first found without a value. */
export const withoutCredentials = (session: Session, now: number): Session =>
  session.credentialsMissingSince === undefined ? { ...session, credentialsMissingSince: now } : session;
