import { createHash } from 'node:crypto';
import { FAILURE_CODES, type FailureCode } from '../../contract/failures.ts';
import { parseObject } from '../../contract/json-object.ts';

/** Raised when the shape below changes so that what an older version wrote means something else: then it is not read. */
export const SESSION_FORMAT_VERSION = 1;

/** What the refresher remembers of a token between runs. Times are milliseconds since the epoch, on our clock. */
export interface Session {
  readonly formatVersion: typeof SESSION_FORMAT_VERSION;
  /** How the stored access token was got; absent before the first. */
  readonly granted?: Granted;
  /** Credentials whose logins failed since they were last accepted; the latest last. */
  readonly failedLogins: readonly FailedLogins[];
  /** How many tokens in a row were got because consumers reported the one before as rejected. */
  readonly rejectionsInARow: number;
  /** When the refresher first found the secret without a value. */
  readonly credentialsMissingSince?: number;
  /** When a login was last tried because the refresh endpoint alone seemed to be down. */
  readonly loginDespiteOutageAt?: number;
  /** When a request for one extra try of refused credentials was last honoured. */
  readonly extraTryAt?: number;
  /** Absent: the latest attempt did not fail. */
  readonly failing?: Failing;
  /** When the pending wake-up is due. In the past: there is none. */
  readonly wakeUpAt?: number;
}

export interface Granted {
  /** SHA-256 of the access token, in hex: tells whether session and access token belong together. */
  readonly accessTokenHash: string;
  readonly how: 'login' | 'refresh';
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** When the token API last handed out the same access token again. */
  readonly repeatedAt?: number;
  /** Version of the secret that the session goes back to. */
  readonly credentialsVersion: string;
  /** When that version was first accepted. Absent: before this was noted. */
  readonly credentialsSince?: number;
  readonly refreshToken?: string;
  readonly refreshTokenExpiresAt?: number;
}

/** What became of one version of the credentials in one login request, since it was last accepted. */
export interface FailedLogins {
  readonly versionId: string;
  /** The login request as the settings describe it, hashed: another one begins anew. */
  readonly request: string;
  /** What the latest try met. */
  readonly code: FailureCode;
  readonly at: number;
  /** When they were first tried. */
  readonly since: number;
  /** Answers of the latest kind in a row; 0: nothing was shown yet. */
  readonly times: number;
  readonly refusals: number;
  /** When they were shown; not longer ago than the limits look back. */
  readonly shown: readonly number[];
  /** The token API asked to wait until then. */
  readonly notBefore?: number;
}

/** Failed attempts since the latest success. */
export interface Failing {
  readonly since: number;
  /** How many there were, as far as they are written here. */
  readonly tries: number;
  /** When the message of the latest written one was sent, and how often it had been received. */
  readonly sentAt: number;
  readonly receives: number;
}

/** Older ones are dropped: only AWSCURRENT is ever tried, and it seldom moves back and forth. */
const FAILED_LOGINS_KEPT = 5;

export const EMPTY_SESSION: Session = {
  formatVersion: SESSION_FORMAT_VERSION,
  failedLogins: [],
  rejectionsInARow: 0,
};

/** Tells whether session and access token belong together. */
export const hash = (accessToken: string): string => createHash('sha256').update(accessToken).digest('hex');

/** Reads a stored session. What is not well-formed is left out: at worst that costs one login. */
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

const isTime = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
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
    isAbsentOr(isTime, granted.refreshTokenExpiresAt)
  );
}

function isFailedLogins(value: unknown): value is FailedLogins {
  const failed: { readonly [Field in keyof FailedLogins]?: unknown } = Object(value);
  return (
    isText(failed.versionId) &&
    isText(failed.request) &&
    FAILURE_CODES.some((code) => code === failed.code) &&
    [failed.at, failed.since, failed.times, failed.refusals].every(isTime) &&
    Array.isArray(failed.shown) &&
    failed.shown.every(isTime) &&
    isAbsentOr(isTime, failed.notBefore)
  );
}

function isFailing(value: unknown): value is Failing {
  const failing: { readonly [Field in keyof Failing]?: unknown } = Object(value);
  return [failing.since, failing.tries, failing.sentAt, failing.receives].every(isTime);
}

/**
 * The session without times that are still to come, which a wrong clock left: what happened counts as having happened now.
 */
export function withoutFuture(session: Session, now: number): Session {
  const { granted, failedLogins, failing } = session;
  const past = (time: number): number => Math.min(time, now);
  const early = granted === undefined ? 0 : Math.max(0, granted.obtainedAt - now);
  const isFuture =
    early > 0 ||
    (granted?.repeatedAt ?? 0) > now ||
    failedLogins.some(({ at, shown }) => [at, ...shown].some((time) => time > now)) ||
    [session.extraTryAt, session.loginDespiteOutageAt, session.credentialsMissingSince, failing?.since].some(
      (time) => (time ?? 0) > now,
    );
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
    ...(failing !== undefined && { failing: { ...failing, since: past(failing.since) } }),
  };
}

/** The session after its refresh token was refused or spent: it is never presented again. */
export function withoutRefreshToken(session: Session): Session {
  if (session.granted === undefined) return session;
  const { refreshToken: _, refreshTokenExpiresAt: __, ...granted } = session.granted;
  return { ...session, granted };
}

export function liveRefreshToken({ granted }: Session, now: number): string | undefined {
  if (granted?.refreshToken === undefined) return undefined;
  return (granted.refreshTokenExpiresAt ?? Number.POSITIVE_INFINITY) > now ? granted.refreshToken : undefined;
}

export type LoginKey = Pick<FailedLogins, 'versionId' | 'request'>;

const isOf = ({ versionId, request }: LoginKey, failed: FailedLogins): boolean =>
  failed.versionId === versionId && failed.request === request;

export const failedLoginsOf = ({ failedLogins }: Session, key: LoginKey): FailedLogins | undefined =>
  failedLogins.find((failed) => isOf(key, failed));

export function withFailedLogins(session: Session, failed: FailedLogins): Session {
  const others = session.failedLogins.filter((other) => !isOf(failed, other));
  return { ...session, failedLogins: [...others, failed].slice(-FAILED_LOGINS_KEPT) };
}

export const withoutFailedLogins = (session: Session, key: LoginKey): Session => ({
  ...session,
  failedLogins: session.failedLogins.filter((failed) => !isOf(key, failed)),
});
