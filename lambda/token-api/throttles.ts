import { isObject } from './json.ts';

/** Where a vendor says that there were too many requests, in an answer whose status says something else. */
interface Throttle {
  readonly vendor: string;
  readonly status: 400 | 403 | 422;
  /** Path of a text in the JSON body. */
  readonly field: readonly string[];
  readonly says: RegExp;
}

/** Taken for what their status says, they would be refusals: of a password that is right, or of a live refresh token. */
const THROTTLES: readonly Throttle[] = [
  { vendor: 'Amazon Cognito', status: 400, field: ['__type'], says: /\bTooManyRequestsException$/ },
  { vendor: 'Auth0', status: 400, field: ['error'], says: /^too_many_attempts$/ },
  { vendor: 'Auth0', status: 403, field: ['error'], says: /^too_many_attempts$/ },
  // With invalid_grant: a program that asks again and again.
  { vendor: 'Entra ID', status: 400, field: ['error_description'], says: /^AADSTS50196\b/ },
  // With access_denied: the last access token is not old enough.
  { vendor: 'Exact Online', status: 400, field: ['error_description'], says: /^Rate limit exceeded\b/i },
  // Identity Platform, too.
  { vendor: 'Firebase', status: 400, field: ['error', 'message'], says: /^TOO_MANY_ATTEMPTS_TRY_LATER\b/ },
  { vendor: 'GitHub', status: 403, field: ['message'], says: /\brate limit\b/i },
  { vendor: 'Laravel', status: 422, field: ['message'], says: /^Too many login attempts\b/i },
  // With invalid_grant: more than 3,600 logins of a user within an hour.
  { vendor: 'Salesforce', status: 400, field: ['error_description'], says: /^login rate exceeded$/i },
  // With "Access Denied".
  { vendor: 'Zoho', status: 400, field: ['error_description'], says: /\btoo many requests continuously\b/i },
];

/** True if the answer is one that a vendor sends instead of a 429. */
export const isKnownThrottle = (status: number, body: unknown): boolean =>
  THROTTLES.some(
    (throttle) => throttle.status === status && throttle.says.test(textAt(body, throttle.field) ?? ''),
  );

function textAt(body: unknown, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), body);
  return typeof value === 'string' ? value : undefined;
}
