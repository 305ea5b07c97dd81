import { jwtClaims } from '../../contract/jwt.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import type { HttpAnswer } from './http.ts';

/** Largest value of an advanced-tier parameter. */
export const MAX_TOKEN_BYTES = 8 * 1024;

/** What fits into the session beside the rest of it. */
const MAX_REFRESH_TOKEN_BYTES = 6 * 1024;

/** Visible ASCII: what may stand in an Authorization header, and a little wider than RFC 6750's b64token. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;

/** Which of the token API's two calls was answered. */
export type Call = 'login' | 'refresh';

/** Tokens as the token API granted them. */
export interface Grant {
  readonly accessToken: string;
  /** Absent: the one at hand goes on (RFC 6749, section 6). */
  readonly refreshToken?: string;
  /** Lifetime of the access token that the answer or the token itself states, in seconds. */
  readonly lifetimeSeconds?: number;
}

/** Registered errors of RFC 6749, section 5.2, that speak of what was presented ... */
const OAUTH_REFUSALS = new Set(['invalid_client', 'invalid_grant']);
/** ... of the server (section 4.1.2.1, used by token endpoints too) ... */
const OAUTH_OUTAGES = new Set(['temporarily_unavailable', 'server_error']);
/** ... and of the request. */
const OAUTH_REJECTIONS = new Set([
  'invalid_request',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/**
 * Judges an answer of the token API: a grant that is fit to store, or a RefreshError that says what to do.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date.
 */
export function judgeAnswer(call: Call, answer: HttpAnswer, now: number): Grant {
  const body = parse(answer.body);
  const data = isObject(body) && isObject(body.data) ? body.data : {};
  if (isSuccess(answer.status) && typeof data.token === 'string') return grantFrom(data, body);
  throw failureOf(call, answer, body, now);
}

function grantFrom(data: Fields, body: unknown): Grant {
  const accessToken = data.token as string;
  if (accessToken === '') throw new RefreshError('AnswerWithoutToken', { detail: 'data.token is empty' });
  if (Buffer.byteLength(accessToken) > MAX_TOKEN_BYTES) throw new RefreshError('TokenTooLarge');
  if (!HEADER_SAFE.test(accessToken)) throw new RefreshError('TokenUnsafe');
  const lifetimeSeconds = statedLifetime(accessToken, data, body);
  if (lifetimeSeconds !== undefined && lifetimeSeconds <= 0) throw new RefreshError('TokenExpired');
  return {
    accessToken,
    ...(isKeepable(data.refreshToken) && { refreshToken: data.refreshToken }),
    ...(lifetimeSeconds !== undefined && { lifetimeSeconds }),
  };
}

/** A refresh token that cannot be kept costs a login at the next refresh, but not this access token. */
const isKeepable = (refreshToken: unknown): refreshToken is string =>
  typeof refreshToken === 'string' &&
  refreshToken !== '' &&
  Buffer.byteLength(JSON.stringify(refreshToken)) <= MAX_REFRESH_TOKEN_BYTES;

/** A hundred years. Whoever states more, such as the largest number there is, states nothing. */
const LONGEST_LIFETIME_SECONDS = 100 * 365 * 24 * 3600;

/** The shortest of what the answer and the token say: trusting the longer one risks a dead token. */
function statedLifetime(accessToken: string, data: Fields, body: unknown): number | undefined {
  const fields = isObject(body) ? body : {};
  const { exp, iat } = jwtClaims(accessToken);
  const stated = [data.expiresIn, data.expires_in, fields.expiresIn, fields.expires_in]
    .map(seconds)
    .concat(exp === undefined || iat === undefined ? undefined : exp - iat)
    .filter((lifetime) => lifetime !== undefined)
    .filter((lifetime) => lifetime <= LONGEST_LIFETIME_SECONDS);
  return stated.length === 0 ? undefined : Math.min(...stated);
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function failureOf(call: Call, { status, headers }: HttpAnswer, body: unknown, now: number): RefreshError {
  const oauthError = oauthErrorOf(body);
  const retryAfterSeconds = parseRetryAfter(headers['retry-after'], now);
  const fields = { status, oauthError, retryAfterSeconds };
  const refused = call === 'login' ? 'CredentialsRefused' : 'RefreshTokenRefused';

  if (status === 429) return new RefreshError('ApiThrottled', fields);
  if (status === 408 || status >= 500) {
    return new RefreshError('ApiUnavailable', { ...fields, blip: retryAfterSeconds === undefined });
  }
  if (oauthError !== undefined) {
    if (OAUTH_REFUSALS.has(oauthError)) return new RefreshError(refused, fields);
    if (OAUTH_OUTAGES.has(oauthError)) return new RefreshError('ApiUnavailable', fields);
    return new RefreshError('ApiRejectedRequest', fields);
  }
  // Many APIs answer a wrong password with 400: a well-formed login that is called bad is not repeated either,
  // since a locked account costs more than a late retry.
  if (status === 400 || status === 401 || status === 422) return new RefreshError(refused, fields);
  if (status === 403) return new RefreshError('ApiForbidden', fields);
  if (status >= 400) return new RefreshError('ApiRejectedRequest', fields);
  if (status >= 300) return new RefreshError('ApiRedirected', fields);
  if (body === undefined) return new RefreshError('AnswerNotJson', fields);
  return new RefreshError('AnswerWithoutToken', { ...fields, detail: 'data.token is not a string' });
}

/** Only registered names: anything else could be text of the server's choosing. */
function oauthErrorOf(body: unknown): string | undefined {
  const error = isObject(body) ? body.error : undefined;
  if (typeof error !== 'string') return undefined;
  return OAUTH_REFUSALS.has(error) || OAUTH_OUTAGES.has(error) || OAUTH_REJECTIONS.has(error)
    ? error
    : undefined;
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3); undefined if absent or nonsense. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
