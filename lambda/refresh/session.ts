import { createHash } from 'node:crypto';
import type { FailureCode } from '../../contract/failures.ts';

/** Raised when a change of the shape below gives old sessions another meaning. Older formats are not read. */
export const SESSION_FORMAT_VERSION = 1;

/** What the refresher remembers about a token between runs. Times are milliseconds since the epoch, by the function's clock. */
export interface Session {
  readonly formatVersion: typeof SESSION_FORMAT_VERSION;
  /** How the stored access token was granted; absent before the first. */
  readonly granted?: Granted;
  /** Failed logins of credentials since they were last accepted; the latest last. */
  readonly failedLogins: readonly FailedLogins[];
  /** How many tokens in a row were granted because consumers reported the previous one as rejected. */
  readonly rejectionsInARow: number;
  /** When the secret was first found without a value. */
  readonly credentialsMissingSince?: number;
  /** When a login was last tried because only the refresh endpoint seemed to be down. */
  readonly loginDespiteOutageAt?: number;
  /** When refused credentials last got an extra try on request. */
  readonly extraTryAt?: number;
  /** Absent: the latest attempt did not fail. */
  readonly failing?: Failing;
  /** When the pending wake-up is due; a time in the past: none is pending. */
  readonly wakeUpAt?: number;
}

export interface Granted {
  /** SHA-256 of the access token, in hex: tells whether session and access token belong together. */
  readonly accessTokenHash: string;
  readonly how: 'login' | 'refresh';
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** When the token API last returned the same access token again. */
  readonly repeatedAt?: number;
  /** Version of the secret whose login started the session. */
  readonly credentialsVersion: string;
  /** When that version was first accepted. Absent in sessions written before this was recorded. */
  readonly credentialsSince?: number;
  readonly refreshToken?: string;
  readonly refreshTokenExpiresAt?: number;
  /** The refresh token was sent and no answer arrived, so it may be spent. */
  readonly isPerhapsSpent?: true;
  /** A refresh was refused that presents something else than a refresh token. */
  readonly refreshRefused?: true;
}

/** Failed logins with one version of the credentials in one login request, since it was last accepted. */
export interface FailedLogins {
  readonly versionId: string;
  /** Hash of the login request as the settings describe it. If the settings change, counting restarts. */
  readonly request: string;
  /** Failure of the latest login. */
  readonly code: FailureCode;
  readonly at: number;
  /** When the first of these logins was tried. */
  readonly since: number;
  /** Number of failures of the latest kind in a row; 0: nothing was sent yet. */
  readonly times: number;
  readonly refusals: number;
  /** When the credentials were sent, within the window of the limits. */
  readonly shown: readonly number[];
  /** Until when the token API asked to wait. */
  readonly notBefore?: number;
}

/** Failed attempts since the latest success. */
export interface Failing {
  readonly since: number;
  /** Number of failed attempts, as far as they were written. */
  readonly tries: number;
  /** When the message of the latest written attempt was sent, and its receive count. */
  readonly sentAt: number;
  readonly receives: number;
  /** The latest refresh that failed. */
  readonly refresh?: FailedRefresh;
}

/** A failed refresh, and how long no request repeats it. */
export interface FailedRefresh {
  readonly code: FailureCode;
  readonly at: number;
  readonly pauseMs: number;
}

/** Older ones are dropped: only AWSCURRENT is ever tried, and it rarely moves back and forth. */
const FAILED_LOGINS_KEPT = 5;

export const EMPTY_SESSION: Session = {
  formatVersion: SESSION_FORMAT_VERSION,
  failedLogins: [],
  rejectionsInARow: 0,
};

/** Hash that shows whether session and access token belong together. */
export const hash = (accessToken: string): string => createHash('sha256').update(accessToken).digest('hex');

/** The session without its refresh token, which was refused or spent and must not be presented again. */
export function withoutRefreshToken(session: Session): Session {
  if (session.granted === undefined) return session;
  const { refreshToken, refreshTokenExpiresAt: _, isPerhapsSpent: __, ...granted } = session.granted;
  return { ...session, granted: { ...granted, ...(refreshToken === undefined && { refreshRefused: true }) } };
}

/** The session after its refresh token was sent without an answer, so that it may be spent. */
export const withRefreshTokenPerhapsSpent = (session: Session): Session =>
  session.granted === undefined || session.granted.isPerhapsSpent
    ? session
    : { ...session, granted: { ...session.granted, isPerhapsSpent: true } };

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
