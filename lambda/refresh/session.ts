import type { FailureCode } from '../../contract/failures.ts';

/** Raised when the shape below changes; an unknown format reads as an empty session, which costs one login. */
export const SESSION_FORMAT_VERSION = 1;

/** What the refresher remembers of a token between runs. Times are milliseconds since the epoch, on our clock. */
export interface Session {
  readonly formatVersion: typeof SESSION_FORMAT_VERSION;
  /** How the stored access token was got; absent before the first. */
  readonly granted?: Granted;
  /** Credentials that the token API refused, or that cannot be parsed; the latest last. */
  readonly refused: readonly RefusedCredentials[];
  /** How many tokens in a row were got because consumers reported the one before as rejected. */
  readonly rejectionsInARow: number;
  /** When the refresher first found the secret without a value. */
  readonly credentialsMissingSince?: number;
  /** When a login was last tried because the refresh endpoint alone seemed to be down. */
  readonly loginDespiteOutageAt?: number;
  /** New credentials that could not be read, or whose login brought no verdict. */
  readonly undecided?: UndecidedCredentials;
  /** When a request for one extra try of refused credentials was last honoured. */
  readonly extraTryAt?: number;
}

export interface Granted {
  /** SHA-256 of the access token, in hex: tells whether session and access token belong together. */
  readonly accessTokenHash: string;
  readonly how: 'login' | 'refresh';
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** Version of the secret that the session goes back to; absent: not known any more. */
  readonly credentialsVersion: string;
  /** When that version was first accepted. Absent: before this was noted. */
  readonly credentialsSince?: number;
  readonly refreshToken?: string;
  readonly refreshTokenExpiresAt?: number;
}

export interface UndecidedCredentials {
  readonly versionId: string;
  /** What was in the way at the latest try. */
  readonly code: FailureCode;
  /** When they were first tried. */
  readonly since: number;
  /** Until then they are not tried while a refresh token will do. */
  readonly until: number;
}

export interface RefusedCredentials {
  readonly versionId: string;
  readonly code: 'CredentialsRefused' | 'AccountLocked' | 'CredentialsMalformed';
  readonly at: number;
  /** How often they were refused, extra tries aside. */
  readonly times: number;
}

/** Older refusals are dropped: only AWSCURRENT is ever tried, and it seldom moves back and forth. */
const REFUSALS_KEPT = 5;

export const EMPTY_SESSION: Session = {
  formatVersion: SESSION_FORMAT_VERSION,
  refused: [],
  rejectionsInARow: 0,
};

/** Reads a stored session; anything that is not one in the known format is an empty session. */
export function parseSession(value: string | undefined): Session {
  if (value === undefined) return EMPTY_SESSION;
  try {
    const parsed: unknown = JSON.parse(value);
    return isSession(parsed) ? parsed : EMPTY_SESSION;
  } catch {
    return EMPTY_SESSION;
  }
}

/** Only the refresher writes this parameter: the format version and the two lists it walks are enough to check. */
function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  const { formatVersion, refused, rejectionsInARow } = value as Partial<Session>;
  return (
    formatVersion === SESSION_FORMAT_VERSION && Array.isArray(refused) && typeof rejectionsInARow === 'number'
  );
}

/** The session after its refresh token was refused: it is never presented again. */
export function withoutRefreshToken(session: Session): Session {
  if (session.granted === undefined) return session;
  const { refreshToken: _, refreshTokenExpiresAt: __, ...granted } = session.granted;
  return { ...session, granted };
}

export const refusalOf = (session: Session, versionId: string): RefusedCredentials | undefined =>
  session.refused.find((refusal) => refusal.versionId === versionId);

export function withRefusal(session: Session, refusal: RefusedCredentials): Session {
  const others = session.refused.filter(({ versionId }) => versionId !== refusal.versionId);
  return { ...session, refused: [...others, refusal].slice(-REFUSALS_KEPT) };
}

export function withoutRefusal(session: Session, versionId: string): Session {
  return { ...session, refused: session.refused.filter((refusal) => refusal.versionId !== versionId) };
}
