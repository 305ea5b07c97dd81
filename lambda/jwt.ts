/**
 * The lifetime that a JWT states of itself: `exp` minus `iat` (RFC 7519, section 4.1). The difference holds
 * whatever the issuer's clock says. The signature is not checked: the token came from its issuer over TLS.
 *
 * @returns seconds, or undefined if the token is no JWT or lacks one of the claims.
 */
export function jwtLifetimeSeconds(token: string): number | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { exp, iat } = claims as { exp?: unknown; iat?: unknown };
    return typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined;
  } catch {
    return undefined;
  }
}
