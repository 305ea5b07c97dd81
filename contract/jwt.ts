import { parseObject } from './json-object.ts';

/**
 * The lifetime that a JWT states of itself: `exp` minus `iat` (RFC 7519, section 4.1). The difference holds
 * whatever the issuer's clock says. The signature is not checked: that is the API's business.
 *
 * @returns seconds, zero or less for a token that was dead when it was issued; undefined if the token is no JWT or
 *   lacks one of the claims.
 */
export function jwtLifetimeSeconds(token: string): number | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const { exp, iat } = parseObject(Buffer.from(payload, 'base64url').toString('utf8')) ?? {};
  return typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined;
}
