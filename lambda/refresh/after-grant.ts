import type { TokenSettings } from '../../contract/function-settings.ts';
import { SECOND } from '../../contract/times.ts';
import type { Grant } from '../token-api/answer.ts';
import type { RefreshRequest } from './request.ts';
import { type Granted, hash, type LoginKey, type Session, withoutFailedLogins } from './session.ts';

export interface GrantedTokens {
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  readonly session: Session;
  readonly how: 'login' | 'refresh';
  readonly grant: Grant;
  /** When the call began. The lifetime counts from here, so it never ends too late. */
  readonly askedAt: number;
  /** The credentials that were accepted, after a login. */
  readonly login?: LoginKey;
  /** The access token is the one that is stored. */
  readonly isRepeated: boolean;
}

/** The session after tokens were granted. */
export function afterGrant(granted: GrantedTokens): Session {
  const { request, settings, session, how, grant, askedAt, login, isRepeated } = granted;
  const before = session.granted;
  const isKnownVersion = login === undefined || login.versionId === before?.credentialsVersion;
  const credentialsSince = isKnownVersion ? before?.credentialsSince : askedAt;
  const {
    credentialsMissingSince: _,
    failing: __,
    wakeUpAt: ___,
    ...rest
  } = login === undefined ? session : withoutFailedLogins(session, login);
  const now: Granted = {
    accessTokenHash: hash(grant.accessToken),
    how,
    obtainedAt: isRepeated ? (before?.obtainedAt ?? askedAt) : askedAt,
    ...(isRepeated && { repeatedAt: askedAt }),
    expiresAt: askedAt + (grant.lifetimeSeconds ?? settings.accessTokenLifetimeSeconds) * SECOND,
    credentialsVersion: login?.versionId ?? before?.credentialsVersion ?? '',
    ...(credentialsSince !== undefined && { credentialsSince }),
    ...refreshTokenAfter(granted),
  };
  return {
    ...rest,
    rejectionsInARow:
      request.rejectedVersion === undefined ? 0 : session.rejectionsInARow + (isRepeated ? 0 : 1),
    granted: now,
  };
}

/** A new refresh token replaces the old one. If a refresh returns none, or the same, the old one stays in use. */
function refreshTokenAfter({
  how,
  grant,
  askedAt,
  settings,
  session: { granted: before },
}: GrantedTokens): Pick<Granted, 'refreshToken' | 'refreshTokenExpiresAt'> {
  const goesOn =
    how === 'refresh' &&
    !grant.refreshTokenSpent &&
    (grant.refreshToken ?? before?.refreshToken) === before?.refreshToken;
  const refreshToken = goesOn ? before?.refreshToken : grant.refreshToken;
  if (refreshToken === undefined) return {};
  const stated = grant.refreshTokenLifetimeSeconds;
  const lives = stated ?? settings.refreshTokenLifetimeSeconds;
  const refreshTokenExpiresAt =
    goesOn && stated === undefined ? before?.refreshTokenExpiresAt : askedAt + lives * SECOND;
  return { refreshToken, ...(refreshTokenExpiresAt !== undefined && { refreshTokenExpiresAt }) };
}
