import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import { decide, type Situation, type Tried } from '../../../lambda/refresh/decide.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import type { RefreshRequest } from '../../../lambda/refresh/request.ts';
import { EMPTY_SESSION, type Session } from '../../../lambda/refresh/session.ts';
import type { State } from '../../../lambda/refresh/state.ts';
import { INTERVAL, NOW, request, session, settings, state } from './fixtures.ts';

/** A tick that is due: the stored token is older than the request, lives, and has a refresh token. */
const TICK = request({ requestedBy: 'schedule', sentAt: NOW });
const WITH_REFRESH_TOKEN = session({ refreshToken: 'r' });

interface Given {
  readonly asked?: RefreshRequest;
  readonly read?: Partial<State> | RefreshError | undefined;
  /** What this attempt has made of the session. Default: as it was read. */
  readonly session?: Session;
  readonly tried?: Omit<Tried, 'read'>;
}

/** What is decided, in a few words. */
function decided(given: Given): string {
  const { asked = TICK, tried = {} } = given;
  const read =
    given.read instanceof RefreshError ? given.read : state({ session: WITH_REFRESH_TOKEN, ...given.read });
  const situation: Situation = {
    request: asked,
    settings,
    now: NOW,
    random: () => 0,
    session: given.session ?? (read instanceof RefreshError ? EMPTY_SESSION : read.session),
    tried: { ...('read' in given && given.read === undefined ? {} : { read }), ...tried },
  };
  const step = decide(situation);
  switch (step.do) {
    case 'log in':
      return `log in with ${step.login.versionId}${step.login.isNew ? ', new' : ''}${step.login.isExtra ? ', once more' : ''}`;
    case 'end':
      return step.ending.kind === 'failed'
        ? `end: ${step.ending.failure.code}${step.ending.retryInSeconds === undefined ? '' : ', retry'}`
        : `end: ${step.ending.kind}${'retryInSeconds' in step.ending ? `, again in ${step.ending.retryInSeconds} s` : ''}`;
    case 'store':
      return `store ${step.accessToken ?? 'the session of the token that is stored'}`;
    default:
      return step.do;
  }
}

const failure = (code: FailureCode) => new RefreshError(code);
const failedLogin = (code: FailureCode, isNew = false) => ({
  failure: failure(code),
  login: { versionId: 'v1', ...(isNew && { isNew }) },
});
const NEW = { credentials: { versionId: 'v2' } } as const;
const refusedAgo = (ago: number, fields: Partial<Session> = {}): Session =>
  session(
    {},
    { refused: [{ versionId: 'v1', code: 'CredentialsRefused', at: NOW - ago, times: 1 }], ...fields },
  );
const due = request({ sentAt: NOW, attempt: 3 });

describe('what an attempt does next', () => {
  it.each<[string, Given, string]>([
    [
      'nothing is read for a superseded request',
      { asked: request({ sentAt: NOW - INTERVAL - MINUTE - 1 }), read: undefined },
      'end: superseded',
    ],
    ['the state is read first', { read: undefined }, 'read'],
    [
      'a state that cannot be read is retried',
      { read: failure('ParametersUnreadable') },
      'end: ParametersUnreadable, retry',
    ],

    [
      'a request that is satisfied calls nobody',
      {
        asked: request({ sentAt: NOW - 11 * MINUTE }),
        read: { session: session({ obtainedAt: NOW - 10 * MINUTE }) },
      },
      'end: satisfied',
    ],
    [
      'a young token is not replaced: the rate limit',
      { read: { session: session({ obtainedAt: NOW - 30 * SECOND, refreshToken: 'r' }) } },
      'end: put-off, again in 30 s',
    ],
    [
      'a token that was granted and not written is written first',
      { read: { unsaved: { accessToken: 'granted before' } } },
      'store granted before',
    ],
    [
      'a session alone that was not written is written first',
      { read: { unsaved: {} } },
      'store the session of the token that is stored',
    ],
    [
      'one that has expired meanwhile is not',
      { read: { unsaved: { accessToken: 'dead' }, session: session({ expiresAt: NOW, refreshToken: 'r' }) } },
      'refresh',
    ],

    ['the refresh token comes first', {}, 'refresh'],
    ['without one, a login', { read: { session: session() } }, 'log in with v1'],
    [
      'a refresh token that has expired is not shown',
      { read: { session: session({ refreshToken: 'r', refreshTokenExpiresAt: NOW }) } },
      'log in with v1',
    ],
    [
      'after a refusal, a login in the same attempt',
      { session: session(), tried: { refresh: failure('RefreshTokenRefused') } },
      'log in with v1',
    ],
    [
      'after an answer that is no use, a login',
      { tried: { refresh: failure('AnswerNotJson') } },
      'log in with v1',
    ],
    [
      'an outage keeps the refresh token, and waits',
      { tried: { refresh: failure('ApiUnavailable') } },
      'end: ApiUnavailable, retry',
    ],
    [
      'despite an outage a login may be tried from the third attempt on',
      { asked: due, tried: { refresh: failure('ApiUnavailable') } },
      'log in with v1',
    ],
    [
      '… once in ten minutes',
      {
        asked: due,
        read: { session: session({ refreshToken: 'r' }, { loginDespiteOutageAt: NOW - 10 * MINUTE + 1 }) },
        tried: { refresh: failure('ApiUnavailable') },
      },
      'end: ApiUnavailable, retry',
    ],

    ['new credentials are tried at once, whoever asks', { read: NEW }, 'log in with v2, new'],
    [
      '… even if the request is satisfied',
      { asked: request({ sentAt: NOW - 11 * MINUTE }), read: NEW },
      'log in with v2, new',
    ],
    [
      '… refused, the refresh token goes on',
      { read: NEW, tried: { login: failedLogin('CredentialsRefused', true) } },
      'refresh',
    ],
    [
      '… without a verdict, too',
      { read: NEW, tried: { login: failedLogin('ApiUnavailable', true) } },
      'refresh',
    ],
    [
      '… and are paused then',
      {
        read: {
          ...NEW,
          session: session(
            { refreshToken: 'r' },
            { undecided: { versionId: 'v2', code: 'ApiUnavailable', since: NOW, until: NOW + 1 } },
          ),
        },
      },
      'refresh',
    ],
    [
      '… until the pause is over',
      {
        read: {
          ...NEW,
          session: session(
            { refreshToken: 'r' },
            { undecided: { versionId: 'v2', code: 'ApiUnavailable', since: NOW - MINUTE, until: NOW } },
          ),
        },
      },
      'log in with v2, new',
    ],

    [
      'refused credentials are not repeated',
      { read: { session: refusedAgo(INTERVAL - 1) } },
      'end: CredentialsRefused, retry',
    ],
    [
      '… for longer than the request lasts: it ends',
      { read: { session: refusedAgo(MINUTE) } },
      'end: CredentialsRefused',
    ],
    ['… until an interval is over', { read: { session: refusedAgo(INTERVAL) } }, 'log in with v1'],
    [
      '… unless a request asks for one extra try',
      { asked: request({ retryRefused: true }), read: { session: refusedAgo(MINUTE) } },
      'log in with v1, once more',
    ],
    [
      '… which is had once an hour',
      {
        asked: request({ retryRefused: true }),
        read: { session: refusedAgo(MINUTE, { extraTryAt: NOW - HOUR + 1 }) },
      },
      'end: CredentialsRefused',
    ],

    [
      'credentials that cannot be looked up do not stop a refresh token',
      { read: { credentials: failure('CredentialsUnreadable') } },
      'refresh',
    ],
    [
      '… without one they are waited for',
      { read: { session: session(), credentials: failure('CredentialsUnreadable') } },
      'end: CredentialsUnreadable, retry',
    ],
    [
      'that there are no credentials yet is noted',
      { read: { session: EMPTY_SESSION, whole: false, credentials: 'none' } },
      'remember',
    ],

    ['a granted token is stored', { tried: { granted: 'new' } }, 'store new'],
    [
      '… and that is all',
      { tried: { granted: 'new', store: { stored: { value: 'new', version: 8, writtenAt: NOW } } } },
      'end: refreshed',
    ],
    [
      '… or it is written by the next attempt',
      { tried: { granted: 'new', store: failure('ParametersNotWritten') } },
      'end: ParametersNotWritten, retry',
    ],
    [
      'a token that an earlier request got is not enough for a later one',
      {
        session: session({ obtainedAt: NOW - 13 * SECOND }),
        tried: { store: { stored: { value: 't', version: 8, writtenAt: NOW } } },
      },
      'end: refreshed, again in 1 s',
    ],

    [
      'what an attempt learned is written before it ends',
      { session: refusedAgo(0), tried: { login: failedLogin('CredentialsRefused') } },
      'remember',
    ],
    [
      'bad credentials are no reason to give up a refresh token that may work again',
      { tried: { refresh: failure('ApiForbidden'), login: failedLogin('CredentialsRefused') } },
      'end: ApiForbidden, retry',
    ],
  ])('%s', (_, given, expected) => {
    expect(decided(given)).toBe(expected);
  });
});

it('a refusal that could not be written holds its message for as long as it may', () => {
  const refused = refusedAgo(0);
  const situation: Situation = {
    request: TICK,
    settings,
    now: NOW,
    random: () => 0,
    session: refused,
    tried: {
      read: state({ session: session() }),
      login: failedLogin('CredentialsRefused'),
      remember: { session: refused, failure: failure('ParametersNotWritten') },
    },
  };
  expect(decide(situation)).toMatchObject({ do: 'end', ending: { kind: 'failed', retryInSeconds: 1800 } });
});
