import { FAILURE_CODES } from '../../contract/failures.ts';
import { parseObject } from '../../contract/json-object.ts';
import {
  EMPTY_SESSION,
  type FailedLogins,
  type FailedRefresh,
  type Failing,
  type Granted,
  SESSION_FORMAT_VERSION,
  type Session,
} from './session.ts';

/** Parses a stored session. Malformed parts are left out, which costs one login at most. */
export function parseSession(value: string | undefined): Session {
  const parsed = parseObject(value ?? '') ?? {};
  if (parsed.formatVersion !== SESSION_FORMAT_VERSION) return EMPTY_SESSION;
  const { granted, failedLogins, rejectionsInARow, failing } = parsed;
  return {
    ...EMPTY_SESSION,
    ...(isGranted(granted) && { granted }),
    ...(Array.isArray(failedLogins) && { failedLogins: failedLogins.filter(isFailedLogins) }),
    ...(isTime(rejectionsInARow) && { rejectionsInARow }),
    ...(isFailing(failing) && { failing }),
    ...Object.fromEntries(
      OPTIONAL_TIMES.flatMap((name) => (isTime(parsed[name]) ? [[name, parsed[name]]] : [])),
    ),
  };
}

const OPTIONAL_TIMES = ['credentialsMissingSince', 'loginDespiteOutageAt', 'extraTryAt', 'wakeUpAt'] as const;

/** Largest time that a `Date` can hold. */
const LATEST = 8.64e15;

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LATEST;
const isCode = (value: unknown): boolean => FAILURE_CODES.some((code) => code === value);
const isTrue = (value: unknown): value is true => value === true;
const isText = (value: unknown): value is string => typeof value === 'string';
const isAbsentOr = (check: (value: unknown) => boolean, value: unknown): boolean =>
  value === undefined || check(value);

function isGranted(value: unknown): value is Granted {
  const granted: { readonly [Field in keyof Granted]?: unknown } = Object(value);
  return (
    isText(granted.accessTokenHash) &&
    (granted.how === 'login' || granted.how === 'refresh') &&
    isTime(granted.obtainedAt) &&
    isTime(granted.expiresAt) &&
    isText(granted.credentialsVersion) &&
    isAbsentOr(isTime, granted.repeatedAt) &&
    isAbsentOr(isTime, granted.credentialsSince) &&
    isAbsentOr(isText, granted.refreshToken) &&
    isAbsentOr(isTime, granted.refreshTokenExpiresAt) &&
    isAbsentOr(isTrue, granted.isPerhapsSpent) &&
    isAbsentOr(isTrue, granted.refreshRefused)
  );
}

function isFailedLogins(value: unknown): value is FailedLogins {
  const failed: { readonly [Field in keyof FailedLogins]?: unknown } = Object(value);
  return (
    isText(failed.versionId) &&
    isText(failed.request) &&
    isCode(failed.code) &&
    [failed.at, failed.since, failed.times, failed.refusals].every(isTime) &&
    Array.isArray(failed.shown) &&
    failed.shown.every(isTime) &&
    isAbsentOr(isTime, failed.notBefore)
  );
}

function isFailing(value: unknown): value is Failing {
  const failing: { readonly [Field in keyof Failing]?: unknown } = Object(value);
  return (
    [failing.since, failing.tries, failing.sentAt, failing.receives].every(isTime) &&
    isAbsentOr(isFailedRefresh, failing.refresh)
  );
}

function isFailedRefresh(value: unknown): boolean {
  const failed: { readonly [Field in keyof FailedRefresh]?: unknown } = Object(value);
  return isCode(failed.code) && [failed.at, failed.pauseMs].every(isTime);
}

/**
 * The session with times in the future, left by a wrong clock, set to now.
 */
export function withoutFuture(session: Session, now: number): Session {
  const { granted, failedLogins, failing } = session;
  const past = (time: number): number => Math.min(time, now);
  const early = granted === undefined ? 0 : Math.max(0, granted.obtainedAt - now);
  const isFuture =
    early > 0 ||
    (granted?.repeatedAt ?? 0) > now ||
    failedLogins.some(({ at, shown }) => [at, ...shown].some((time) => time > now)) ||
    [
      session.extraTryAt,
      session.loginDespiteOutageAt,
      session.credentialsMissingSince,
      failing?.since,
      failing?.refresh?.at,
    ].some((time) => (time ?? 0) > now);
  if (!isFuture) return session;
  const pastFields = Object.fromEntries(
    (['extraTryAt', 'loginDespiteOutageAt', 'credentialsMissingSince'] as const).flatMap((name) =>
      session[name] === undefined ? [] : [[name, past(session[name])]],
    ),
  );
  return {
    ...session,
    ...pastFields,
    ...(granted !== undefined && {
      granted: {
        ...granted,
        obtainedAt: granted.obtainedAt - early,
        expiresAt: granted.expiresAt - early,
        ...(granted.repeatedAt !== undefined && { repeatedAt: past(granted.repeatedAt) }),
      },
    }),
    failedLogins: failedLogins.map((failed) => ({
      ...failed,
      at: past(failed.at),
      since: past(failed.since),
      shown: failed.shown.map(past),
    })),
    ...(failing !== undefined && {
      failing: {
        ...failing,
        since: past(failing.since),
        ...(failing.refresh && { refresh: { ...failing.refresh, at: past(failing.refresh.at) } }),
      },
    }),
  };
}
