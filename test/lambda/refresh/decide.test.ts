import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import type { TokenApiSettings } from '../../../contract/token-api.ts';
import { decide, type Ending, type Situation, type Tried } from '../../../lambda/refresh/decide.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import type { RefreshRequest } from '../../../lambda/refresh/request.ts';
import {
  EMPTY_SESSION,
  type FailedLogins,
  type Granted,
  type Session,
} from '../../../lambda/refresh/session.ts';
import type { State } from '../../../lambda/refresh/state.ts';
import type { Wait } from '../../../lambda/refresh/waiting.ts';
import { failedLogins, INTERVAL, LOGIN_REQUEST, NOW, request, session, settings, state } from './fixtures.ts';

/** A tick that is due: the stored token is older than the request, lives, and has a refresh token. */
const TICK = request({ requestedBy: 'schedule', sentAt: NOW });
const WITH_REFRESH_TOKEN = session({ refreshToken: 'r' });

interface Given {
  readonly api?: Partial<TokenApiSettings>;
  readonly asked?: RefreshRequest;
  readonly read?: Partial<State> | RefreshError | undefined;
  /** What this attempt has made of the session. Default: as it was read. */
  readonly session?: Session;
  readonly tried?: Omit<Tried, 'read'>;
}

/** What is decided, in a few words. */
function decided(given: Given): string {
  const { api, asked = TICK, tried = {} } = given;
  const read =
    given.read instanceof RefreshError ? given.read : state({ session: WITH_REFRESH_TOKEN, ...given.read });
  const situation: Situation = {
    request: asked,
    settings: { ...settings, api: { ...settings.api, ...api } },
    loginRequest: LOGIN_REQUEST,
    now: NOW,
    random: () => 0,
    session: given.session ?? (read instanceof RefreshError ? EMPTY_SESSION : read.session),
    tried: { ...('read' in given && given.read === undefined ? {} : { read }), ...tried },
  };
  const step = decide(situation);
  switch (step.do) {
    case 'log in':
      return `log in with ${step.login.versionId}${step.login.isNew ? ', new' : ''}${step.login.isExtra ? ', once more' : ''}`;
    case 'remember':
    case 'end':
      return `${step.do}: ${step.ending.kind === 'failed' ? step.ending.failure.code : step.ending.kind}${waiting(step.ending)}`;
    case 'store':
      return `store ${step.accessToken ?? 'the session of the token that is stored'}${waitingFor(step.wait)}`;
    case 'refresh':
      return `refresh${step.mayRepeat ? '' : ', at most once'}${step.tokens.refreshToken === undefined ? ' by the access token' : ''}`;
    default:
      return step.do;
  }
}

const waiting = (ending: Ending): string => waitingFor('wait' in ending ? ending.wait : undefined);

function waitingFor(wait: Wait | undefined): string {
  return wait === undefined ? '' : `, ${wait.how} for ${Math.round((wait.until - NOW) / SECOND)} s`;
}

const failure = (code: FailureCode) => new RefreshError(code);
const failedLogin = (code: FailureCode, isNew = false) => ({
  failure: failure(code),
  login: { versionId: 'v1', request: LOGIN_REQUEST, ...(isNew && { isNew }) },
});
const NEW = { credentials: { versionId: 'v2' } } as const;
const refusedAgo = (ago: number, fields: Partial<Session> = {}): Session =>
  session({}, { failedLogins: [failedLogins({ at: NOW - ago, shown: [NOW - ago] })], ...fields });
const NEW_FAILED = (fields: Partial<FailedLogins>): Partial<State> => ({
  ...NEW,
  session: session({ refreshToken: 'r' }, { failedLogins: [failedLogins({ versionId: 'v2', ...fields })] }),
});
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
      'end: ParametersUnreadable, hidden for 3 s',
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
      'remember: put-off, wake-up for 30 s',
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
      'remember: ApiUnavailable, hidden for 3 s',
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
      'end: ApiUnavailable, hidden for 10 s',
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
      { read: NEW_FAILED({ code: 'ApiUnavailable', at: NOW - MINUTE + 1 }) },
      'refresh',
    ],
    [
      '… until they are due',
      { read: NEW_FAILED({ code: 'ApiUnavailable', at: NOW - MINUTE, refusals: 0 }) },
      'log in with v2, new',
    ],

    [
      'refused credentials are not repeated',
      { read: { session: refusedAgo(25 * MINUTE) } },
      'remember: CredentialsRefused, wake-up for 600 s',
    ],
    [
      '… for longer than the request lasts: it ends',
      { read: { session: refusedAgo(MINUTE) } },
      'remember: CredentialsRefused, next tick for 2040 s',
    ],
    ['… until they are due', { read: { session: refusedAgo(35 * MINUTE) } }, 'log in with v1'],
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
      'remember: CredentialsRefused, next tick for 2040 s',
    ],

    [
      'credentials that cannot be looked up do not stop a refresh token',
      { read: { credentials: failure('CredentialsUnreadable') } },
      'refresh',
    ],
    [
      '… without one they are waited for',
      { read: { session: session(), credentials: failure('CredentialsUnreadable') } },
      'remember: CredentialsUnreadable, hidden for 3 s',
    ],
    [
      'that there are no credentials yet is noted',
      { read: { session: EMPTY_SESSION, whole: false, credentials: 'none' } },
      'remember: NoCredentials',
    ],

    ['a granted token is stored', { tried: { granted: { accessToken: 'new' } } }, 'store new'],
    [
      '… and that is all',
      {
        tried: {
          granted: { accessToken: 'new' },
          store: { stored: { value: 'new', version: 8, writtenAt: NOW }, wait: undefined },
        },
      },
      'end: refreshed',
    ],
    [
      '… or it is written by the next attempt',
      { tried: { granted: { accessToken: 'new' }, store: failure('ParametersNotWritten') } },
      'end: ParametersNotWritten, hidden for 3 s',
    ],
    [
      'a token that an earlier request got is not enough for a later one',
      {
        session: session({ obtainedAt: NOW - 13 * SECOND }),
        tried: { store: { stored: { value: 't', version: 8, writtenAt: NOW }, wait: undefined } },
      },
      'end: refreshed, hidden for 1 s',
    ],

    [
      'what an attempt learned is written before it ends',
      { session: refusedAgo(0), tried: { login: failedLogin('CredentialsRefused') } },
      'remember: CredentialsRefused, next tick for 2100 s',
    ],
    [
      'bad credentials are no reason to give up a refresh token that may work again',
      { tried: { refresh: failure('ApiForbidden'), login: failedLogin('CredentialsRefused') } },
      'remember: ApiForbidden, hidden for 3 s',
    ],
  ])('%s', (_, given, expected) => {
    expect(decided(given)).toBe(expected);
  });
});

describe('what an attempt does next, for an API', () => {
  const renewBy: Partial<TokenApiSettings> = { renewBy: 'login' };
  const reuse: Partial<TokenApiSettings> = { reuse: 'revokes' };
  const loginAlone: Partial<TokenApiSettings> = { refresh: undefined } as never;
  const showsAccess: Partial<TokenApiSettings> = {
    refresh: { url: 'https://api.example.com', method: 'POST', json: { value: 'accessToken' } },
  };
  const spent = session({ refreshToken: 'r', isPerhapsSpent: true });
  const outage = failedLogin('ApiUnavailable');
  /** A login of an outage that is due in so many seconds. */
  const loginDueIn = (seconds: number, granted: Partial<Granted> = {}) =>
    session(
      { refreshToken: 'r', ...granted },
      {
        failedLogins: [
          failedLogins({ code: 'ApiForbidden', refusals: 0, shown: [], at: NOW - MINUTE + seconds * SECOND }),
        ],
      },
    );

  it.each<[string, Given, string]>([
    ['that has nothing but the login: that', { api: loginAlone }, 'log in with v1'],
    [
      '… though there is a refresh token from before',
      { api: loginAlone, read: { session: WITH_REFRESH_TOKEN } },
      'log in with v1',
    ],
    [
      '… which failed: it waits',
      { api: loginAlone, tried: { login: outage } },
      'remember: ApiUnavailable, hidden for 3 s',
    ],

    [
      'that is shown the access token: the stored one',
      { api: showsAccess, read: { session: session() } },
      'refresh by the access token',
    ],
    [
      '… dead: a login',
      { api: showsAccess, read: { session: session({ expiresAt: NOW }) } },
      'log in with v1',
    ],
    [
      '… rejected by a consumer: a login',
      { api: showsAccess, asked: request({ rejectedVersion: 7 }) },
      'log in with v1',
    ],
    [
      '… refused before: a login',
      { api: showsAccess, read: { session: session({ refreshRefused: true }) } },
      'log in with v1',
    ],

    ['that is renewed by login: a login', { api: renewBy }, 'log in with v1'],
    [
      '… that failed: the refresh token keeps, for the stored token lives',
      { api: renewBy, tried: { login: outage } },
      'remember: ApiUnavailable, hidden for 3 s',
    ],
    [
      '… and lives not long enough: the refresh token',
      {
        api: renewBy,
        read: { session: session({ refreshToken: 'r', expiresAt: NOW + 20 * SECOND }) },
        tried: { login: outage },
      },
      'refresh',
    ],
    [
      '… whose login is due later: it waits for that',
      { api: renewBy, read: { session: loginDueIn(50) } },
      'remember: ApiForbidden, wake-up for 50 s',
    ],
    [
      '… later than the token lives: the refresh token',
      { api: renewBy, read: { session: loginDueIn(50, { expiresAt: NOW + 50 * SECOND }) } },
      'refresh',
    ],
    [
      '… which failed, and is due later than the token lives: the refresh token at once',
      {
        api: renewBy,
        session: loginDueIn(900, { expiresAt: NOW + 800 * SECOND }),
        tried: { login: failedLogin('ApiForbidden') },
      },
      'refresh',
    ],
    [
      '… and the refresh failed, too: it waits',
      {
        api: renewBy,
        read: { session: session({ refreshToken: 'r', expiresAt: NOW }) },
        tried: { login: outage, refresh: failure('ApiUnavailable') },
      },
      'remember: ApiUnavailable, hidden for 3 s',
    ],
    [
      '… whose credentials cannot be looked up: the refresh token keeps',
      { api: renewBy, read: { credentials: failure('CredentialsUnreadable') } },
      'remember: CredentialsUnreadable, hidden for 3 s',
    ],

    ['that revokes at reuse: the refresh token, at most once', { api: reuse }, 'refresh, at most once'],
    ['… and it may be spent: a login', { api: reuse, read: { session: spent } }, 'log in with v1'],
    ['… a run left no trace: a login', { api: reuse, asked: request({ attempt: 2 }) }, 'log in with v1'],
    [
      '… an answer was lost: a login in the same attempt, and no wait for the third',
      { api: reuse, session: spent, tried: { refresh: failure('ApiTimeout') } },
      'log in with v1',
    ],
    [
      '… an outage that spent nothing: it waits as ever',
      { api: reuse, tried: { refresh: failure('ApiThrottled') } },
      'remember: ApiThrottled, hidden for 3 s',
    ],
    [
      '… and the login fails: nothing is shown again while the stored token lives',
      { api: reuse, read: { session: spent }, tried: { login: outage } },
      'remember: ApiUnavailable, hidden for 3 s',
    ],
    [
      '… and no longer: it is shown',
      {
        api: reuse,
        read: { session: session({ refreshToken: 'r', isPerhapsSpent: true, expiresAt: NOW }) },
        tried: { login: outage },
      },
      'refresh, at most once',
    ],
    [
      '… and a consumer rejects the stored token, while no login is due: it is shown',
      {
        api: reuse,
        asked: request({ rejectedVersion: 7 }),
        read: { session: loginDueIn(50, { isPerhapsSpent: true }) },
      },
      'refresh, at most once',
    ],
  ])('%s', (_, given, expected) => {
    expect(decided({ ...given, read: { session: WITH_REFRESH_TOKEN, ...given.read } })).toBe(expected);
  });

  it('that revokes at reuse has each failed attempt written, so that runs that died are known', () => {
    const failing = (receives: number) =>
      session(
        { refreshToken: 'r' },
        { failing: { since: NOW - MINUTE, tries: receives, sentAt: NOW, receives } },
      );
    const given = {
      asked: request({ attempt: 3 }),
      read: { session: failing(2) },
      tried: { refresh: failure('ApiThrottled'), login: outage },
    };
    expect(decided({ api: reuse, ...given })).toMatch(/^remember: /);
    expect(decided(given)).toMatch(/^end: /);
  });
});

describe('runs of a request that died, for an API that revokes at reuse,', () => {
  const api = { reuse: 'revokes' } as const;
  const OLD = NOW - INTERVAL - MINUTE - 1;
  const late = request({ sentAt: OLD, attempt: 2 });
  const spent = session({ refreshToken: 'r', isPerhapsSpent: true });

  it.each<[string, Given, string]>([
    ['are told of by a superseded request, which reads', { asked: late, read: undefined }, 'read'],
    ['… and writes', { asked: late }, 'remember: superseded'],
    ['… even if a token waits to be written', { asked: late, read: { unsaved: {} } }, 'remember: superseded'],
    ['… once', { asked: late, read: { session: spent } }, 'end: superseded'],
    [
      '… and tries no more',
      {
        asked: late,
        tried: { remember: { ending: { kind: 'superseded' }, failure: failure('ParametersNotWritten') } },
      },
      'end: superseded',
    ],
    ['… not if it cannot read', { asked: late, read: failure('ParametersUnreadable') }, 'end: superseded'],
    ['… nor if there were none', { asked: request({ sentAt: OLD }), read: undefined }, 'end: superseded'],
    [
      '… but what was granted meanwhile is stored',
      { asked: late, tried: { granted: { accessToken: 'new' } } },
      'store new',
    ],
  ])('%s', (_, given, expected) => {
    expect(decided({ api, ...given })).toBe(expected);
  });

  it('are nothing to others', () => {
    expect(decided({ asked: late, read: undefined })).toBe('end: superseded');
  });

  it('are told of in whatever is written, since the receives then tell no more', () => {
    const step = decide({
      request: request({ attempt: 2 }),
      settings: { ...settings, api: { ...settings.api, ...api } },
      loginRequest: LOGIN_REQUEST,
      now: NOW,
      random: () => 0,
      session: WITH_REFRESH_TOKEN,
      tried: { read: state({ session: WITH_REFRESH_TOKEN }), login: failedLogin('ApiUnavailable') },
    });
    expect(step).toMatchObject({
      do: 'remember',
      session: { granted: { isPerhapsSpent: true }, failing: { receives: 2 } },
    });
  });
});

it('a refusal that could not be written holds its message for as long as it may', () => {
  const refusal = failure('CredentialsRefused');
  const situation: Situation = {
    request: TICK,
    settings,
    loginRequest: LOGIN_REQUEST,
    now: NOW,
    random: () => 0,
    session: refusedAgo(0),
    tried: {
      read: state({ session: session() }),
      login: failedLogin('CredentialsRefused'),
      remember: { ending: { kind: 'failed', failure: refusal }, failure: failure('ParametersNotWritten') },
    },
  };
  const wait = { how: 'hidden', until: NOW + 30 * MINUTE };
  expect(decide(situation)).toMatchObject({ do: 'end', ending: { kind: 'failed', wait } });
});

describe('a token that dies before the next tick', () => {
  const short = (fields: Partial<Granted> = {}) =>
    session({ obtainedAt: NOW, expiresAt: NOW + 15 * MINUTE, ...fields });

  it('is renewed 5 minutes before it dies, by a wake-up', () => {
    expect(decided({ session: short(), tried: { granted: { accessToken: 'new' } } })).toBe(
      'store new, wake-up for 600 s',
    );
  });

  it('is renewed at half of what is left, if that is later', () => {
    const lives = (minutes: number) => short({ expiresAt: NOW + minutes * MINUTE });
    expect(decided({ session: lives(6), tried: { granted: { accessToken: 'new' } } })).toBe(
      'store new, wake-up for 180 s',
    );
  });

  it('is not renewed within a minute of being got', () => {
    const lives = (seconds: number) => short({ expiresAt: NOW + seconds * SECOND });
    expect(decided({ session: lives(80), tried: { granted: { accessToken: 'new' } } })).toBe(
      'store new, wake-up for 60 s',
    );
  });

  it('satisfies other requests until then, and none from then on', () => {
    const asked = request({ sentAt: NOW - 11 * MINUTE });
    const lives = (minutes: number) =>
      session({ obtainedAt: NOW - 10 * MINUTE, expiresAt: NOW + minutes * MINUTE, refreshToken: 'r' });
    expect(decided({ asked, read: { session: lives(6) } })).toBe('end: satisfied');
    expect(decided({ asked, read: { session: lives(5) } })).toBe('refresh');
  });

  it('runs that died leave no trace by being told of, so that the pauses go on doubling', () => {
    const asked = request({ requestedBy: 'schedule', sentAt: NOW, attempt: 4 });
    expect(decided({ asked, read: { session: EMPTY_SESSION } })).toMatch(/^end: RunsDied/);
    const refused = { session: session(), tried: { refresh: failure('RefreshTokenRefused') } };
    expect(decided({ asked, ...refused })).toMatch(/^remember: RunsDied/);
  });
});
