import { parseObject } from './json-object.ts';

/** Parameter Store keeps no more characters than these: a longer payload only costs time. */
const LONGEST_PAYLOAD = 8 * 1024;

/** As JSON writes numbers that are not negative: `Number` would take hexadecimal digits and white space, too. */
const NUMBER_IN_STRING = /^\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Times by the issuer's clock, in seconds since the epoch, finite and not negative. */
export interface JwtClaims {
  readonly exp: number | undefined;
  readonly iat: number | undefined;
}

/**
 * When a JWT says that it expires and that it was issued (RFC 7519, section 4.1). Numbers in strings count; whatever else
 * is no such time is undefined, as both are if the token is no JWT. Never throws. The signature is not checked: that is
 * the API's business.
 */
export function jwtClaims(token: string): JwtClaims {
  const [, payload, signature] = token.split('.', 3);
  const isJwt = payload !== undefined && signature !== undefined && payload.length <= LONGEST_PAYLOAD;
  const claims = isJwt ? parseObject(Buffer.from(payload, 'base64url').toString('utf8')) : undefined;
  return { exp: timeOf(claims?.exp), iat: timeOf(claims?.iat) };
}

function timeOf(claim: unknown): number | undefined {
  const time = typeof claim === 'string' && NUMBER_IN_STRING.test(claim) ? Number(claim) : claim;
  return typeof time === 'number' && Number.isFinite(time) && time >= 0 ? time : undefined;
}
