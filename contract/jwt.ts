import { parseObject } from './json-object.ts';

/** Parameter Store holds no more characters, so a longer payload need not be decoded. */
const LONGEST_PAYLOAD = 8 * 1024;

/** A non-negative number in JSON's notation. `Number()` would also accept hexadecimal digits and white space. */
const NUMBER_IN_STRING = /^\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Times by the issuer's clock, in seconds since the epoch, finite and not negative. */
export interface JwtClaims {
  readonly exp: number | undefined;
  readonly iat: number | undefined;
}

/**
 * The `exp` and `iat` claims of a JWT (RFC 7519, section 4.1). Numbers in strings are accepted. Anything else is undefined;
 * so are both if the token is not a JWT. Never throws. The signature is not checked: the API does that.
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
