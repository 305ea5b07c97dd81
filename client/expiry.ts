import { jwtClaims } from '../contract/jwt.ts';
import { LIMITS, SECOND } from '../contract/times.ts';

/** When a stored token expires, in milliseconds since the epoch on AWS's clock. */
export interface Expiry {
  /** From then on it may have expired. */
  readonly mayExpireAt: number;
  /** From then on it has certainly expired, whatever its issuer's clock says. */
  readonly expiresAt: number;
}

export interface Storage {
  /** When the token was written, in milliseconds since the epoch on AWS's clock. */
  readonly writtenAt: number;
  /** Lifetime of tokens that do not state their own. */
  readonly lifetimeSeconds: number;
}

/**
 * The issuer's clock is not known, so `exp` alone proves nothing. But a token was issued before it was written, so it has
 * expired when `exp` minus `iat` has passed since then.
 */
export function expiryOf(token: string, { writtenAt, lifetimeSeconds }: Storage): Expiry {
  const { exp, iat } = jwtClaims(token);
  const configured = writtenAt + lifetimeSeconds * SECOND;
  if (exp === undefined || exp <= (iat ?? 0)) return expiry(configured, configured);
  const stated = exp * SECOND;
  return expiry(stated, iat === undefined ? Math.max(stated, configured) : writtenAt + (exp - iat) * SECOND);
}

/** The lifetime may have begun some seconds before the token was written. */
const expiry = (statedAt: number, expiresAt: number): Expiry => ({
  mayExpireAt: Math.min(statedAt, expiresAt - LIMITS.storedWithinSeconds * SECOND),
  expiresAt,
});
