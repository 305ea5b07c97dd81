import { createHash } from 'node:crypto';
import type { FailureCode } from '../../contract/failures.ts';

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
  /** The refresh token was shown, and no answer came: it may be spent. */
  readonly isPerhapsSpent?: true;
  /** What a refresh shows beside or instead of a refresh token was refused. */
  readonly refreshRefused?: true;
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

/** The session after what a refresh shows was refused or spent: it is never presented again. */
export function withoutRefreshToken(session: Session): Session {
  if (session.granted === undefined) return session;
  const { refreshToken, refreshTokenExpiresAt: _, isPerhapsSpent: __, ...granted } = session.granted;
  return { ...session, granted: { ...granted, ...(refreshToken === undefined && { refreshRefused: true }) } };
}

/** The session after its refresh token was shown in vain: it may be spent all the same. */
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
