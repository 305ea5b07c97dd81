import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import {
  type Call,
  judgeAnswer,
  MAX_TOKEN_BYTES,
  parseRetryAfter,
} from '../../../lambda/token-api/answer.ts';
import { jwt } from './tokens.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');

interface Reply {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
}

function judge(call: Call, { status = 200, body, headers = {} }: Reply) {
  return judgeAnswer(
    call,
    { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
    NOW,
  );
}

function failure(call: Call, reply: Reply): RefreshError {
  try {
    judge(call, reply);
  } catch (error) {
    if (error instanceof RefreshError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('an answer that holds a token', () => {
  it.each([
    ['both tokens', { data: { token: 'a', refreshToken: 'r' } }, { accessToken: 'a', refreshToken: 'r' }],
    ['no refresh token', { data: { token: 'a' } }, { accessToken: 'a' }],
    ['an empty refresh token', { data: { token: 'a', refreshToken: '' } }, { accessToken: 'a' }],
    ['a refresh token of another type', { data: { token: 'a', refreshToken: 7 } }, { accessToken: 'a' }],
    [
      'a refresh token too long to keep',
      { data: { token: 'a', refreshToken: 'r'.repeat(6143) } },
      { accessToken: 'a' },
    ],
    ['fields unknown to us', { data: { token: 'a', extra: 1 }, more: [] }, { accessToken: 'a' }],
    ['expiresIn', { data: { token: 'a', expiresIn: 900 } }, { accessToken: 'a', lifetimeSeconds: 900 }],
    [
      'expires_in beside data',
      { data: { token: 'a' }, expires_in: 60 },
      { accessToken: 'a', lifetimeSeconds: 60 },
    ],
    [
      'expiresIn as a string',
      { data: { token: 'a', expiresIn: '900' } },
      { accessToken: 'a', lifetimeSeconds: 900 },
    ],
    ['an expiresIn in words', { data: { token: 'a', expiresIn: 'soon' } }, { accessToken: 'a' }],
    ['an empty expiresIn', { data: { token: 'a', expiresIn: '' } }, { accessToken: 'a' }],
  ])('is accepted with %s', (_, body, grant) => {
    expect(judge('login', { body })).toEqual(grant);
  });

  it('is accepted with any 2xx', () => {
    expect(judge('refresh', { status: 201, body: { data: { token: 'a' } } })).toEqual({ accessToken: 'a' });
  });

  it('takes the lifetime from a JWT by difference, whatever the server’s clock says', () => {
    const token = jwt({ iat: 5000, exp: 5000 + 1200 });
    expect(judge('login', { body: { data: { token } } }).lifetimeSeconds).toBe(1200);
  });

  it('trusts the shorter of the answer and the JWT', () => {
    const token = jwt({ iat: 0, exp: 1200 });
    expect(judge('login', { body: { data: { token, expiresIn: 1800 } } }).lifetimeSeconds).toBe(1200);
    expect(judge('login', { body: { data: { token, expiresIn: 600 } } }).lifetimeSeconds).toBe(600);
  });

  it.each([
    ['the largest number of 64 bits', '{"token":"a","expiresIn":9223372036854775807}', undefined],
    ['more than any number', '{"token":"a","expiresIn":1e400}', undefined],
    ['more than a hundred years', '{"token":"a","expiresIn":3153600001}', undefined],
    ['a hundred years', '{"token":"a","expiresIn":3153600000}', 3_153_600_000],
  ])('is taken to state no lifetime if that is %s', (_, data, expected) => {
    expect(judge('login', { body: `{"data":${data}}` }).lifetimeSeconds).toBe(expected);
  });

  it.each([9.3e18, Number.MAX_VALUE])('nor does a JWT that ends at %d', (exp) => {
    const token = jwt({ iat: 1000, exp });
    expect(judge('login', { body: { data: { token } } }).lifetimeSeconds).toBeUndefined();
  });

  it('holds at most what a parameter holds', () => {
    const most = 'x'.repeat(MAX_TOKEN_BYTES);
    expect(judge('login', { body: { data: { token: most } } }).accessToken).toBe(most);
    expect(failure('login', { body: { data: { token: `${most}x` } } }).code).toBe('TokenTooLarge');
  });
});

describe('an answer that is no use', () => {
  it.each<[string, Reply, FailureCode]>([
    ['HTML', { body: '<html>maintenance</html>' }, 'AnswerNotJson'],
    ['nothing', { body: '' }, 'AnswerNotJson'],
    ['truncated JSON', { body: '{"data":{"token":"a' }, 'AnswerNotJson'],
    ['JSON null', { body: 'null' }, 'AnswerWithoutToken'],
    ['an array', { body: [] }, 'AnswerWithoutToken'],
    ['no data', { body: {} }, 'AnswerWithoutToken'],
    ['data that is a list', { body: { data: [] } }, 'AnswerWithoutToken'],
    ['no token', { body: { data: {} } }, 'AnswerWithoutToken'],
    ['a token that is null', { body: { data: { token: null } } }, 'AnswerWithoutToken'],
    ['a token that is a number', { body: { data: { token: 1 } } }, 'AnswerWithoutToken'],
    ['an empty token', { body: { data: { token: '' } } }, 'AnswerWithoutToken'],
    ['a token with a line break', { body: { data: { token: 'a\r\nX: y' } } }, 'TokenUnsafe'],
    ['a token with a space', { body: { data: { token: 'a b' } } }, 'TokenUnsafe'],
    ['a token that is not ASCII', { body: { data: { token: 'tökén' } } }, 'TokenUnsafe'],
    ['a lifetime of 0', { body: { data: { token: 'a', expiresIn: 0 } } }, 'TokenExpired'],
    [
      'a JWT that ends before it begins',
      { body: { data: { token: jwt({ iat: 9, exp: 8 }) } } },
      'TokenExpired',
    ],
    ['a redirect', { status: 302, body: '', headers: { location: 'https://evil.example' } }, 'ApiRedirected'],
    ['a redirect that holds a token', { status: 307, body: { data: { token: 'a' } } }, 'ApiRedirected'],
    ['an unknown error in a 200', { body: { error: 'oops' } }, 'AnswerWithoutToken'],
  ])('says so: %s', (_, reply, code) => {
    expect(failure('login', reply)).toMatchObject({ code, kind: 'unusable' });
    expect(failure('refresh', reply)).toMatchObject({ code, kind: 'unusable' });
  });
});

describe('a turned down call', () => {
  it.each<[string, Reply, FailureCode, FailureCode]>([
    ['400', { status: 400, body: {} }, 'CredentialsRefused', 'RefreshTokenRefused'],
    ['401', { status: 401, body: 'no' }, 'CredentialsRefused', 'RefreshTokenRefused'],
    ['422', { status: 422, body: {} }, 'CredentialsRefused', 'RefreshTokenRefused'],
    [
      'invalid_grant',
      { status: 400, body: { error: 'invalid_grant' } },
      'CredentialsRefused',
      'RefreshTokenRefused',
    ],
    [
      'invalid_client',
      { status: 403, body: { error: 'invalid_client' } },
      'CredentialsRefused',
      'RefreshTokenRefused',
    ],
    [
      'invalid_grant in a 200',
      { body: { error: 'invalid_grant' } },
      'CredentialsRefused',
      'RefreshTokenRefused',
    ],
    ['403', { status: 403, body: 'blocked' }, 'ApiForbidden', 'ApiForbidden'],
    ['404', { status: 404, body: {} }, 'ApiRejectedRequest', 'ApiRejectedRequest'],
    [
      'invalid_request',
      { status: 400, body: { error: 'invalid_request' } },
      'ApiRejectedRequest',
      'ApiRejectedRequest',
    ],
    ['408', { status: 408, body: {} }, 'ApiUnavailable', 'ApiUnavailable'],
    ['429', { status: 429, body: {} }, 'ApiThrottled', 'ApiThrottled'],
    ['500', { status: 500, body: {} }, 'ApiUnavailable', 'ApiUnavailable'],
    ['503', { status: 503, body: '<html>' }, 'ApiUnavailable', 'ApiUnavailable'],
    [
      'server_error in a 400',
      { status: 400, body: { error: 'server_error' } },
      'ApiUnavailable',
      'ApiUnavailable',
    ],
  ])('is told by what it speaks of: %s', (_, reply, login, refresh) => {
    expect(failure('login', reply).code).toBe(login);
    expect(failure('refresh', reply).code).toBe(refresh);
  });

  it('carries status and registered OAuth error, never text of the server’s', () => {
    const known = failure('login', {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'user bob' },
    });
    expect(known.fields).toEqual({ status: 400, oauthError: 'invalid_grant', retryAfterSeconds: undefined });
    const unknown = failure('login', { status: 400, body: { error: 'hunter2 is wrong' } });
    expect(unknown.fields.oauthError).toBeUndefined();
    expect(JSON.stringify(unknown) + unknown.message).not.toContain('hunter2');
  });

  it('is worth one quick retry if the server stumbled, not if it asks for a pause', () => {
    expect(failure('refresh', { status: 502, body: '' }).fields.blip).toBe(true);
    expect(failure('refresh', { status: 503, body: '', headers: { 'retry-after': '9' } }).fields.blip).toBe(
      false,
    );
    expect(failure('refresh', { status: 429, body: '' }).fields.blip).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    [undefined, undefined],
    ['120', 120],
    ['0', 0],
    ['Sat, 21 Nov 2026 09:02:00 GMT', 120],
    ['Sat, 21 Nov 2026 08:00:00 GMT', 0],
    ['in a while', undefined],
    ['', undefined],
  ])('%s is %s', (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds);
  });
});
