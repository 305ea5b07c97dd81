/**
 * The lifetime that a JWT states of itself: `exp` minus `iat` (RFC 7519, section 4.1). The difference holds
 * whatever the issuer's clock says. The signature is not checked: that is the API's business.
 *
 * @returns seconds, or undefined if the token is no JWT or states none.
 */
export function jwtLifetimeSeconds(token: string): number | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const { exp, iat } = Object(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    const lifetime = exp - iat;
    return typeof exp === 'number' && typeof iat === 'number' && lifetime > 0 ? lifetime : undefined;
  } catch {
    return undefined;
  }
}
