import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { MINUTE, SECOND } from '../../../contract/times.ts';
import type { ApiRequest, TokenApiSettings } from '../../../contract/token-api.ts';
import type { AllowedLogin, NoLogin } from '../../../lambda/refresh/credential-rules.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import {
  isPerhapsSpent,
  loginGoesFirst,
  mayHaveSpent,
  tokensToShow,
} from '../../../lambda/refresh/refresh-rules.ts';
import type { RefreshRequest } from '../../../lambda/refresh/request.ts';
import type { Session } from '../../../lambda/refresh/session.ts';
import type { State } from '../../../lambda/refresh/state.ts';
import { LOGIN_REQUEST, NOW, request, session, settings, state } from './fixtures.ts';

const situation = (
  fields: { api?: Partial<TokenApiSettings>; asked?: RefreshRequest; session?: Session } = {},
) => ({
  request: fields.asked ?? request(),
  settings: { ...settings, api: { ...settings.api, ...fields.api } },
  session: fields.session ?? session({ refreshToken: 'r' }),
  now: NOW,
});

const showing = (...values: readonly ('refreshToken' | 'accessToken')[]): { refresh: ApiRequest } => ({
  refresh: { url: 'https://api.example.com', method: 'POST', json: values.map((value) => ({ value })) },
});

describe('what a refresh shows', () => {
  const both = showing('refreshToken', 'accessToken');
  const access = showing('accessToken');
  const session_ = session({ refreshToken: 'r' });

  it.each<[string, Parameters<typeof situation>[0], Partial<State>, unknown]>([
    ['the refresh token', {}, {}, { refreshToken: 'r' }],
    ['the access token', { api: access, session: session() }, {}, { accessToken: 't' }],
    ['both', { api: both }, {}, { refreshToken: 'r', accessToken: 't' }],
    ['neither, for an API that needs none', { api: showing(), session: session() }, {}, {}],
  ])('is %s', (_, given, read, tokens) => {
    const shown = tokensToShow(situation(given), state(read));
    expect(shown).toMatchObject(tokens as object);
  });

  it.each<[string, Parameters<typeof situation>[0], Partial<State>]>([
    ['the API has no refresh', { api: { refresh: undefined } as never }, {}],
    ['nothing was ever granted', { session: { ...session_, granted: undefined } as never }, {}],
    ['there is no refresh token', { session: session() }, {}],
    ['it has expired', { session: session({ refreshToken: 'r', refreshTokenExpiresAt: NOW }) }, {}],
    [
      'a refresh without one was refused',
      { session: session({ refreshToken: 'r', refreshRefused: true }) },
      {},
    ],
    ['one of two is missing', { api: both, session: session() }, {}],
    ['the access token has expired', { api: access, session: session({ expiresAt: NOW }) }, {}],
    [
      '… the other one that is shown, too',
      { api: both, session: session({ refreshToken: 'r', expiresAt: NOW }) },
      {},
    ],
    ['the stored access token is of another session', { api: access }, { whole: false }],
    ['no access token is stored', { api: access }, { accessToken: undefined } as never],
    ['a consumer rejects the access token', { api: access, asked: request({ rejectedVersion: 7 }) }, {}],
  ])('is nothing if %s', (_, given, read) => {
    expect(tokensToShow(situation(given), state(read))).toBeUndefined();
  });

  it('is the refresh token, whatever became of the access token', () => {
    const rejected = situation({ asked: request({ rejectedVersion: 7 }) });
    expect(tokensToShow(rejected, state({ whole: false }))).toMatchObject({ refreshToken: 'r' });
  });
});

describe('a login goes before the refresh', () => {
  const ALLOWED: AllowedLogin = { versionId: 'v1', request: LOGIN_REQUEST };
  const notBefore = (dueAt?: number): NoLogin => ({
    failure: new RefreshError('CredentialsRefused'),
    ...(dueAt !== undefined && { dueAt }),
  });
  const renewBy: Partial<TokenApiSettings> = { renewBy: 'login' };
  /** The stored access token lives for so long. */
  const lives = (milliseconds: number) => session({ refreshToken: 'r', expiresAt: NOW + milliseconds });

  it.each<[boolean, string, Parameters<typeof situation>[0], AllowedLogin | NoLogin]>([
    [false, 'the API is renewed by refresh', {}, ALLOWED],
    [true, 'the API is renewed by login', { api: renewBy }, ALLOWED],
    [true, '… dead or not', { api: renewBy, session: lives(-MINUTE) }, ALLOWED],
    [
      true,
      '… and the login is due in time',
      { api: renewBy, session: lives(11 * MINUTE) },
      notBefore(NOW + 10 * MINUTE),
    ],
    [false, '… not in time', { api: renewBy, session: lives(10 * MINUTE) }, notBefore(NOW + 10 * MINUTE)],
    [false, '… not at all', { api: renewBy }, notBefore(Number.POSITIVE_INFINITY)],
    [true, '… soon, and nobody knows when', { api: renewBy, session: lives(21 * SECOND) }, notBefore()],
    [
      false,
      '… but the token dies before the next try',
      { api: renewBy, session: lives(20 * SECOND) },
      notBefore(),
    ],
    [
      false,
      '… but a consumer rejects the stored token',
      { api: renewBy, asked: request({ rejectedVersion: 7 }) },
      notBefore(NOW + MINUTE),
    ],
    [
      true,
      '… a consumer rejects another one',
      { api: renewBy, asked: request({ rejectedVersion: 6 }) },
      notBefore(NOW + MINUTE),
    ],
    [
      true,
      'the refresh token may be spent',
      { api: { reuse: 'revokes' }, session: session({ refreshToken: 'r', isPerhapsSpent: true }) },
      ALLOWED,
    ],
    [
      true,
      '… and a login is due in time',
      { api: { reuse: 'revokes' }, session: session({ refreshToken: 'r', isPerhapsSpent: true }) },
      notBefore(NOW + 10 * MINUTE),
    ],
    [false, '… and is not', { api: { reuse: 'revokes' } }, ALLOWED],
    [
      false,
      '… where reuse is allowed',
      { session: session({ refreshToken: 'r', isPerhapsSpent: true }), asked: request({ attempt: 3 }) },
      ALLOWED,
    ],
  ])('%s: %s', (expected, _, given, login) => {
    expect(loginGoesFirst(situation(given), state(), login)).toBe(expected);
  });

  it('is not waited for if the stored token is none of this session', () => {
    const given = situation({ api: renewBy });
    expect(loginGoesFirst(given, state({ whole: false }), notBefore(NOW + MINUTE))).toBe(false);
  });
});

describe('the refresh token may be spent', () => {
  const revokes = { reuse: 'revokes' } as const;
  const failing = (receives: number, sentAt = NOW) =>
    session({ refreshToken: 'r' }, { failing: { since: NOW, tries: receives, sentAt, receives } });

  it.each<[boolean, string, Parameters<typeof situation>[0]]>([
    [false, 'in a first attempt', { api: revokes }],
    [true, 'after a run that left no trace', { api: revokes, asked: request({ attempt: 2 }) }],
    [false, 'after one that did', { api: revokes, asked: request({ attempt: 2 }), session: failing(1) }],
    [
      true,
      'after one that did and one that did not',
      { api: revokes, asked: request({ attempt: 3 }), session: failing(1) },
    ],
    [
      true,
      'after a run of this request, where the trace is of another',
      { api: revokes, asked: request({ attempt: 2 }), session: failing(1, NOW - MINUTE) },
    ],
    [true, 'if the session says so', { api: revokes, session: session({ isPerhapsSpent: true }) }],
    [
      false,
      '… and never where reuse is allowed',
      { asked: request({ attempt: 9 }), session: session({ isPerhapsSpent: true }) },
    ],
  ])('%s: %s', (expected, _, given) => {
    expect(isPerhapsSpent(situation(given))).toBe(expected);
  });
});

describe('a failed refresh may have spent the token', () => {
  it.each<[boolean, FailureCode, number | undefined]>([
    [false, 'ApiUnreachable', undefined],
    [false, 'ApiConnectTimeout', undefined],
    [false, 'ApiTlsFailed', undefined],
    [false, 'CredentialsUnreadable', undefined],
    [false, 'CredentialsMalformed', undefined],
    [true, 'ApiConnectionLost', undefined],
    [true, 'ApiTimeout', undefined],
    [true, 'AnswerNotJson', undefined],
    [true, 'AnswerTooLarge', 200],
    [true, 'AnswerNotJson', 200],
    [true, 'AnswerWithoutToken', 200],
    [true, 'TokenUnsafe', 200],
    [true, 'AnswerWithoutToken', 299],
    [false, 'ApiRedirected', 300],
    [false, 'ClientRefused', 401],
    [false, 'ApiForbidden', 403],
    [false, 'ApiRejectedRequest', 404],
    [false, 'ApiTimeout', 408],
    [false, 'ApiThrottled', 429],
    [true, 'ApiFailed', 500],
    [true, 'ApiUnavailable', 502],
    [false, 'ApiUnavailable', 503],
    [true, 'ApiUnavailable', 504],
  ])('%s: %s with status %s', (expected, code, status) => {
    expect(mayHaveSpent(new RefreshError(code, { status }))).toBe(expected);
  });
});
