import { kindOfFailure } from '../../contract/failures.ts';
import { SECOND } from '../../contract/times.ts';
import type { StatedLifetime, TokenApiSettings } from '../../contract/token-api.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { comeAgainInSeconds } from './come-again.ts';
import type { HttpAnswer } from './http.ts';
import { httpDate } from './http-date.ts';
import { isObject, parseJson, valueAt } from './json.ts';
import { lifetimeOf, secondsOf } from './lifetime.ts';
import { type Call, matches, oauthErrorOf, verdictOf } from './verdict.ts';

export type { Call };

/** Maximum size of an advanced-tier parameter. */
export const MAX_TOKEN_BYTES = 8 * 1024;

/** Maximum size that fits into the session parameter. */
const MAX_REFRESH_TOKEN_BYTES = 6 * 1024;

/** Visible ASCII, which is safe in an Authorization header. A superset of RFC 6750's b64token. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;

/** Texts that programs print instead of a missing value. */
const NO_TOKENS: readonly unknown[] = [undefined, null, '', 'null', 'undefined'];

/** Gateway errors often pass at once. */
const GATEWAY_ERRORS = [502, 503, 504];

/** Tokens as the token API granted them. */
export interface Grant {
  readonly accessToken: string;
  /** Absent: the previous one stays in use (RFC 6749, section 6), unless it is spent. */
  readonly refreshToken?: string;
  /** The answer's refresh token cannot be stored. The previous one is spent and must not be presented again. */
  readonly refreshTokenSpent?: true;
  /** Lifetime of the access token in whole seconds, as stated by the answer or the token. Absent: not stated. */
  readonly lifetimeSeconds?: number;
  /** The same for the refresh token. */
  readonly refreshTokenLifetimeSeconds?: number;
  /** Statements of the answer that were not believed, in words for the log. */
  readonly notes?: readonly string[];
}

export interface Judged {
  readonly api: TokenApiSettings;
  readonly call: Call;
  readonly answer: HttpAnswer;
  /** When the answer arrived, by the function's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Configured lifetime of an access token. */
  readonly lifetimeSeconds: number;
  /** What looks odd about the credentials, in words that may be logged. Added to a refusal. */
  readonly oddity?: string | undefined;
}

/** Judges an answer of the token API: returns a grant that can be stored, or throws a RefreshError that says what is wrong. */
export function judgeAnswer(judged: Judged): Grant {
  const { api, answer } = judged;
  const body = parseJson(answer.body);
  const { token: pointer } = api.answer;
  const token = pointer === '' ? (body ?? wholeText(answer.body)) : valueAt(body, pointer);
  const noGrant = whyNoGrant(judged, body, token);
  if (noGrant !== undefined) throw failureOf(judged, body, noGrant);
  return grantFrom(judged, String(token), body);
}

/** Start of a web page, or of JSON that was cut off. */
const BEGINS_AS_NO_TOKEN = /^[<{["]/;

/** A body that is not JSON may be the token itself. */
function wholeText(body: string): string | undefined {
  const text = body.trim();
  return HEADER_SAFE.test(text) && !BEGINS_AS_NO_TOKEN.test(text) ? text : undefined;
}

function whyNoGrant({ api, answer: { status } }: Judged, body: unknown, token: unknown): string | undefined {
  if (status < 200 || status === 206) return `status ${status} is no whole answer`;
  if (status >= 300) return 'the status is no success';
  if ([...(api.refused ?? []), ...(api.throttled ?? [])].some((match) => matches(match, status, body)))
    return 'the settings say that it grants nothing';
  if (isObject(body) && body.success === false) return 'success is false';
  if (isObject(body) && typeof body.error === 'string' && body.error !== '') return 'there is an error';
  const place = api.answer.token === '' ? 'the whole body' : api.answer.token;
  if (NO_TOKENS.includes(token)) return `${place} is missing`;
  return typeof token === 'string' ? undefined : `${place} is not a string`;
}

function grantFrom({ api, answer, now, lifetimeSeconds }: Judged, accessToken: string, body: unknown): Grant {
  const { status, headers } = answer;
  if (Buffer.byteLength(accessToken) > MAX_TOKEN_BYTES) throw new RefreshError('TokenTooLarge', { status });
  if (!HEADER_SAFE.test(accessToken)) throw new RefreshError('TokenUnsafe', { status });
  const date = httpDate(headers.date);
  const ourNow = now / SECOND;
  const stated = (lifetime: StatedLifetime | undefined): number[] =>
    (lifetime?.at ?? []).flatMap(
      (pointer) => secondsOf(valueAt(body, pointer), lifetime?.unit ?? 's', date ?? ourNow) ?? [],
    );
  const { seconds, notes } = lifetimeOf({
    token: accessToken,
    stated: stated(api.answer.expires),
    date,
    now: ourNow,
    configuredSeconds: lifetimeSeconds,
  });
  if (seconds !== undefined && seconds <= 0)
    throw new RefreshError('TokenExpired', { status, detail: notes[0] });
  const refreshTokenLives = Math.min(...stated(api.answer.refreshExpires).filter((lives) => lives > 0));
  return {
    accessToken,
    ...refreshTokenFrom(api.answer.refreshToken && valueAt(body, api.answer.refreshToken)),
    ...(seconds !== undefined && { lifetimeSeconds: seconds }),
    ...(Number.isFinite(refreshTokenLives) && { refreshTokenLifetimeSeconds: Math.floor(refreshTokenLives) }),
    ...(notes.length > 0 && { notes }),
  };
}

function refreshTokenFrom(refreshToken: unknown): Pick<Grant, 'refreshToken' | 'refreshTokenSpent'> {
  if (NO_TOKENS.includes(refreshToken)) return {};
  const isKeepable =
    typeof refreshToken === 'string' &&
    Buffer.byteLength(JSON.stringify(refreshToken)) <= MAX_REFRESH_TOKEN_BYTES;
  return isKeepable ? { refreshToken } : { refreshTokenSpent: true };
}

function failureOf({ api, call, answer, now, oddity }: Judged, body: unknown, noGrant: string): RefreshError {
  const { status, headers, bodyFailure } = answer;
  const code = verdictOf({ api, call, status, body });
  // An unreadable body matters only if the status says nothing. An answered call is not repeated at once.
  if (code === 'AnswerNotJson' && bodyFailure !== undefined)
    return new RefreshError(bodyFailure.code, { status, detail: bodyFailure.fields.detail });
  const isRefusal = kindOfFailure(code) === 'refused';
  const retryAfterSeconds = isRefusal
    ? undefined
    : comeAgainInSeconds({
        headers,
        isThrottle: code === 'ApiThrottled',
        now: httpDate(headers.date) ?? now / SECOND,
      });
  return new RefreshError(code, {
    status,
    oauthError: oauthErrorOf(body),
    retryAfterSeconds,
    ...(code === 'ApiUnavailable' &&
      GATEWAY_ERRORS.includes(status) && { isBrief: retryAfterSeconds === undefined }),
    ...(code === 'AnswerWithoutToken' && { detail: noGrant }),
    ...(isRefusal && { detail: oddity }),
    ...(isRefusal && body === undefined && { notJson: true }),
  });
}
