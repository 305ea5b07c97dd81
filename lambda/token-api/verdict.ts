import type { FailureCode } from '../../contract/failures.ts';
import type { AnswerMatch, TokenApiSettings } from '../../contract/token-api.ts';
import { isObject, valueAt } from './json.ts';
import { isKnownThrottle } from './throttles.ts';

/** The two calls to a token API. */
export type Call = 'login' | 'refresh';

/** Errors of RFC 6749, section 5.2, about the client ... */
const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];
/** ... about what it presents ... */
const GRANT_ERROR = 'invalid_grant';
/** ... about the request ... */
const REQUEST_ERRORS = ['invalid_request', 'unsupported_grant_type', 'invalid_scope'];
/** ... and about the server (section 4.1.2.1; token endpoints use them too). */
const SERVER_ERRORS = ['temporarily_unavailable', 'server_error'];
const REGISTERED_ERRORS = [...CLIENT_ERRORS, GRANT_ERROR, ...REQUEST_ERRORS, ...SERVER_ERRORS];

/** The OAuth error of an answer. Only registered names, because anything else could be arbitrary text from the server. */
export function oauthErrorOf(body: unknown): string | undefined {
  const error = isObject(body) ? body.error : undefined;
  return typeof error === 'string' && REGISTERED_ERRORS.includes(error) ? error : undefined;
}

export interface Verdict {
  readonly api: Pick<TokenApiSettings, 'refused' | 'throttled'>;
  readonly call: Call;
  readonly status: number;
  /** Parsed body; undefined if it is not JSON or could not be read. */
  readonly body: unknown;
}

/** The failure that an answer without a grant means. */
export function verdictOf(verdict: Verdict): FailureCode {
  const { api, call, status, body } = verdict;
  const refused = call === 'login' ? 'CredentialsRefused' : 'RefreshTokenRefused';
  const isOneOf = (known: readonly AnswerMatch[] = []) => known.some((match) => matches(match, status, body));
  if (isOneOf(api.throttled)) return 'ApiThrottled';
  if (isOneOf(api.refused)) return refused;
  if (status === 429 || isKnownThrottle(status, body)) return 'ApiThrottled';
  if (status === 408) return 'ApiTimeout';
  if (status >= 500) return status === 500 || hasError(body) ? 'ApiFailed' : 'ApiUnavailable';
  if (status >= 300 && status < 400) return 'ApiRedirected';

  const error = oauthErrorOf(body) ?? '';
  const isClientError = CLIENT_ERRORS.includes(error);
  if (call === 'refresh' && isClientError) return 'ClientRefused';
  // More specific than `error`, which some servers set to `server_error`.
  if (status === 401) return refused;
  if (status === 423) return 'AccountLocked';
  if (isClientError || error === GRANT_ERROR) return refused;
  if (SERVER_ERRORS.includes(error)) return 'ApiFailed';
  if (status === 403) return 'ApiForbidden';
  if (status >= 400) return isRefusal(verdict) ? refused : 'ApiRejectedRequest';
  return status >= 200 && body === undefined ? 'AnswerNotJson' : 'AnswerWithoutToken';
}

/**
 * A 4xx other than 401, 403 and 423. APIs use nearly any of them for a wrong password. So a login refused in JSON counts as
 * a refusal of the password: a locked account costs more than a late retry.
 */
function isRefusal({ call, status, body }: Verdict): boolean {
  const isUsual = status === 400 || status === 422;
  if (call === 'login') return isUsual || isObject(body) || Array.isArray(body);
  return isUsual && !REQUEST_ERRORS.includes(oauthErrorOf(body) ?? '');
}

/** Whether an answer matches the settings. */
export function matches({ status, at, is }: AnswerMatch, answered: number, body: unknown): boolean {
  const isStatus = status === undefined || status.includes(answered);
  if (at === undefined) return isStatus;
  const value = valueAt(body, at);
  return isStatus && (is === undefined ? value !== undefined : is.some((scalar) => scalar === value));
}

const hasError = (body: unknown): boolean => isObject(body) && 'error' in body;
