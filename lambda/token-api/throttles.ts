import { isObject } from './json.ts';

/** How a vendor reports too many requests in an answer whose status is not 429. */
interface Throttle {
  readonly vendor: string;
  readonly status: 400 | 403 | 422;
  /** Path of a string in the JSON body. */
  readonly field: readonly string[];
  readonly says: RegExp;
}

/** By their status alone these would be refusals of a correct password or a live refresh token. */
const THROTTLES: readonly Throttle[] = [
  { vendor: 'Amazon Cognito', status: 400, field: ['__type'], says: /\bTooManyRequestsException$/ },
  { vendor: 'Auth0', status: 400, field: ['error'], says: /^too_many_attempts$/ },
  { vendor: 'Auth0', status: 403, field: ['error'], says: /^too_many_attempts$/ },
  // With invalid_grant: a client that repeats its request.
  { vendor: 'Entra ID', status: 400, field: ['error_description'], says: /^AADSTS50196\b/ },
  // With access_denied: the last access token is not old enough.
  { vendor: 'Exact Online', status: 400, field: ['error_description'], says: /^Rate limit exceeded\b/i },
  // Also Identity Platform.
  { vendor: 'Firebase', status: 400, field: ['error', 'message'], says: /^TOO_MANY_ATTEMPTS_TRY_LATER\b/ },
  { vendor: 'GitHub', status: 403, field: ['message'], says: /\brate limit\b/i },
  { vendor: 'Laravel', status: 422, field: ['message'], says: /^Too many login attempts\b/i },
  // With invalid_grant: more than 3,600 logins of a user within an hour.
  { vendor: 'Salesforce', status: 400, field: ['error_description'], says: /^login rate exceeded$/i },
  // With "Access Denied".
  { vendor: 'Zoho', status: 400, field: ['error_description'], says: /\btoo many requests continuously\b/i },
];

/** Whether a vendor sends this answer instead of a 429. */
export const isKnownThrottle = (status: number, body: unknown): boolean =>
  THROTTLES.some(
    (throttle) => throttle.status === status && throttle.says.test(textAt(body, throttle.field) ?? ''),
  );

function textAt(body: unknown, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), body);
  return typeof value === 'string' ? value : undefined;
}
