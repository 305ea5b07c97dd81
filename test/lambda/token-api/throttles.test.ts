import { expect, it } from 'vitest';
import { isKnownThrottle } from '../../../lambda/token-api/throttles.ts';
import { verdictOf } from '../../../lambda/token-api/verdict.ts';

const THROTTLES: readonly (readonly [vendor: string, status: number, body: unknown])[] = [
  ['Amazon Cognito', 400, { __type: 'TooManyRequestsException', message: 'Rate exceeded' }],
  ['AWS, with a namespace', 400, { __type: 'com.amazonaws#TooManyRequestsException' }],
  ['Auth0', 403, { error: 'too_many_attempts', error_description: 'Your account has been blocked' }],
  [
    'Entra ID',
    400,
    { error: 'invalid_grant', error_description: 'AADSTS50196: The server terminated an operation' },
  ],
  [
    'Exact Online',
    400,
    { error: 'access_denied', error_description: 'Rate limit exceeded: access_token not expired' },
  ],
  [
    'Firebase',
    400,
    { error: { code: 400, message: 'TOO_MANY_ATTEMPTS_TRY_LATER : Too many unsuccessful login attempts.' } },
  ],
  ['GitHub', 403, { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' }],
  ['Laravel', 422, { message: 'Too many login attempts. Please try again in 57 seconds.', errors: {} }],
  ['Salesforce', 400, { error: 'invalid_grant', error_description: 'login rate exceeded' }],
  [
    'Zoho',
    400,
    { error: 'Access Denied', error_description: 'You have made too many requests continuously. Please try' },
  ],
];

it.each(THROTTLES)('%s asks for a pause, and refuses nothing, with a %d', (_, status, body) => {
  for (const call of ['login', 'refresh'] as const)
    expect(verdictOf({ api: {}, call, status, body })).toBe('ApiThrottled');
});

it('the same words with another status are no throttle: a 401 refuses', () => {
  for (const [, , body] of THROTTLES)
    expect(verdictOf({ api: {}, call: 'login', status: 401, body })).toBe('CredentialsRefused');
});

it.each([
  undefined,
  null,
  [],
  'too many',
  { error: 7 },
  { error: { message: [] } },
  { message: 'wrong password' },
])('anything else is none: %j', (body) => {
  for (const status of [400, 403, 422]) expect(isKnownThrottle(status, body)).toBe(false);
});
