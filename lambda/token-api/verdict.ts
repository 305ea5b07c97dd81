import type { FailureCode } from '../../contract/failures.ts';
import { isObject } from './json.ts';
import { isKnownThrottle } from './throttles.ts';

/** Which of the token API's two calls was answered. */
export type Call = 'login' | 'refresh';

/** Registered errors of RFC 6749, section 5.2, that speak of the client that presents something ... */
const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];
/** ... of what it presents ... */
const GRANT_ERROR = 'invalid_grant';
/** ... of the request ... */
const REQUEST_ERRORS = ['invalid_request', 'unsupported_grant_type', 'invalid_scope'];
/** ... and of the server (section 4.1.2.1, used by token endpoints too). */
const SERVER_ERRORS = ['temporarily_unavailable', 'server_error'];
const REGISTERED_ERRORS = [...CLIENT_ERRORS, GRANT_ERROR, ...REQUEST_ERRORS, ...SERVER_ERRORS];

/** The OAuth error of an answer. Only registered names: anything else could be text of the server's choosing. */
export function oauthErrorOf(body: unknown): string | undefined {
  const error = isObject(body) ? body.error : undefined;
  return typeof error === 'string' && REGISTERED_ERRORS.includes(error) ? error : undefined;
}

export interface Verdict {
  readonly call: Call;
  readonly status: number;
  /** Parsed; undefined if it is no JSON or could not be read. */
  readonly body: unknown;
}

/** What an answer means that grants nothing. */
export function verdictOf({ call, status, body }: Verdict): FailureCode {
  if (status === 429 || isKnownThrottle(status, body)) return 'ApiThrottled';
  if (status === 408) return 'ApiTimeout';
  if (status >= 500) return status === 500 || hasError(body) ? 'ApiFailed' : 'ApiUnavailable';
  if (status >= 300 && status < 400) return 'ApiRedirected';

  const error = oauthErrorOf(body) ?? '';
  const isClientError = CLIENT_ERRORS.includes(error);
  if (call === 'refresh' && isClientError) return 'ClientRefused';
  const refused = call === 'login' ? 'CredentialsRefused' : 'RefreshTokenRefused';
  // Says more than `error`, which is `server_error` at some.
  if (status === 401) return refused;
  if (status === 423) return 'AccountLocked';
  if (isClientError || error === GRANT_ERROR) return refused;
  if (SERVER_ERRORS.includes(error)) return 'ApiFailed';
  if (status === 403) return 'ApiForbidden';
  if (status >= 400) return isRefusal({ call, status, body }) ? refused : 'ApiRejectedRequest';
  return status >= 200 && body === undefined ? 'AnswerNotJson' : 'AnswerWithoutToken';
}

/**
 * A 4xx that is neither 401, 403 nor 423. APIs answer a wrong password with nearly any: where an API of JSON turns a login
 * down, the password is not presented again at once, since a locked account costs more than a late retry.
 */
function isRefusal({ call, status, body }: Verdict): boolean {
  const isUsual = status === 400 || status === 422;
  if (call === 'login') return isUsual || isObject(body) || Array.isArray(body);
  return isUsual && !REQUEST_ERRORS.includes(oauthErrorOf(body) ?? '');
}

const hasError = (body: unknown): boolean => isObject(body) && 'error' in body;
