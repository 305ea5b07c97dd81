import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { HOUR, MINUTE } from '../../../contract/times.ts';
import type { TokenApiSettings } from '../../../contract/token-api.ts';
import type { CredentialsStore } from '../../../lambda/aws/credentials.ts';
import { refresh } from '../../../lambda/refresh/attempt.ts';
import { type FailureFields, RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import type { Granted, Session } from '../../../lambda/refresh/session.ts';
import type { Grant } from '../../../lambda/token-api/answer.ts';
import type { TokenApi } from '../../../lambda/token-api/token-api.ts';
import { failedLogins, LOGIN_REQUEST, NOW, request, session, settings, state } from './fixtures.ts';

const failure = (code: FailureCode, fields: FailureFields = {}) => new RefreshError(code, fields);

interface Given {
  readonly api?: Partial<TokenApiSettings>;
  readonly granted?: Partial<Granted>;
  readonly session?: Partial<Session>;
  readonly attempt?: number;
  /** What the API answers, one after the other. */
  readonly refresh?: readonly (Grant | RefreshError)[];
  readonly login?: Grant | RefreshError;
}

/** One attempt: which calls were made, and the granted part of the session that was written last. */
async function attempted(given: Given) {
  const calls: string[] = [];
  const written: Session[] = [];
  const answers = [...(given.refresh ?? [])];
  const answer = (call: string, grant: Grant | RefreshError | undefined): Grant => {
    calls.push(call);
    if (grant === undefined || grant instanceof RefreshError) throw grant ?? failure('ApiUnreachable');
    return grant;
  };
  const tokenApi: TokenApi = {
    loginRequest: LOGIN_REQUEST,
    parseCredentials: async () => ({ fields: {} }),
    login: async () => answer('login', given.login),
    refresh: async () => answer('refresh', answers.shift()),
  };
  const credentials: CredentialsStore = { currentVersion: async () => 'v1', read: async () => '{}' };
  const stored = session({ refreshToken: 'r', ...given.granted }, given.session);
  await refresh(request({ requestedBy: 'schedule', attempt: given.attempt ?? 1 }), {
    settings: { ...settings, api: { ...settings.api, ...given.api } },
    states: {
      load: async () => state({ session: stored }),
      async save({ session: next, accessToken }) {
        written.push(next);
        return { value: accessToken ?? 't', version: 8, writtenAt: NOW };
      },
    },
    credentials,
    tokenApi,
    clock: { now: () => NOW, monotonic: () => NOW, random: () => 0, sleep: async () => {} },
  });
  return { calls, granted: written.at(-1)?.granted, failedLogins: written.at(-1)?.failedLogins };
}

describe('a refresh that failed', () => {
  const reuse: Partial<TokenApiSettings> = { reuse: 'revokes' };

  it('never shows again what was refused: the refresh token', async () => {
    const { calls, granted } = await attempted({
      refresh: [failure('RefreshTokenRefused', { status: 401 })],
    });
    expect(calls).toEqual(['refresh', 'login']);
    expect(granted?.refreshToken).toBeUndefined();
    expect(granted?.refreshRefused).toBeUndefined();
  });

  it('… or the access token', async () => {
    const shown = { url: 'https://api.example.com', method: 'POST', json: { value: 'accessToken' } } as const;
    const { calls, granted } = await attempted({
      api: { refresh: shown },
      granted: { refreshToken: undefined } as never,
      refresh: [failure('RefreshTokenRefused', { status: 401 })],
    });
    expect(calls).toEqual(['refresh', 'login']);
    expect(granted?.refreshRefused).toBe(true);
  });

  it('may have spent the refresh token, which is noted where that revokes, and a login follows', async () => {
    const lost = { refresh: [failure('ApiTimeout')] };
    const revoking = await attempted({ api: reuse, ...lost });
    expect(revoking.calls).toEqual(['refresh', 'login']);
    expect(revoking.granted).toMatchObject({ refreshToken: 'r', isPerhapsSpent: true });
    const allowing = await attempted(lost);
    expect(allowing.calls).toEqual(['refresh']);
    expect(allowing.granted?.isPerhapsSpent).toBeUndefined();
  });

  it('and was not sent, or not let in, has spent nothing', async () => {
    for (const failed of [failure('ApiUnreachable'), failure('ApiThrottled', { status: 429 })]) {
      const { granted } = await attempted({ api: reuse, refresh: [failed] });
      expect(granted).toMatchObject({ refreshToken: 'r' });
      expect(granted?.isPerhapsSpent).toBeUndefined();
    }
  });

  it('is not repeated at once where that revokes, unless nothing was sent', async () => {
    const lost = failure('ApiConnectionLost', { isBrief: true });
    const grant: Grant = { accessToken: 'new', refreshToken: 'next' };
    expect((await attempted({ refresh: [lost, grant] })).calls).toEqual(['refresh', 'refresh']);
    expect((await attempted({ api: reuse, refresh: [lost, grant] })).calls).toEqual(['refresh', 'login']);
    const unsent = failure('ApiUnreachable', { isBrief: true });
    const again = await attempted({ api: reuse, refresh: [unsent, grant] });
    expect(again.calls).toEqual(['refresh', 'refresh']);
    expect(again.granted).toMatchObject({ refreshToken: 'next' });
  });

  it('and was a refusal of the client counts as one of the credentials, once', async () => {
    const refused = { refresh: [failure('ClientRefused', { status: 401 })] };
    const first = await attempted(refused);
    expect(first.failedLogins).toMatchObject([{ code: 'ClientRefused', refusals: 1, shown: [NOW] }]);
    const others = [
      failedLogins({ code: 'ClientRefused' }),
      failedLogins({ code: 'AccountLocked' }),
      // The second login with them met an outage.
      failedLogins({ code: 'ApiUnavailable' }),
    ];
    for (const failed of others) {
      const { calls, failedLogins } = await attempted({ ...refused, session: { failedLogins: [failed] } });
      expect(calls).toEqual(['refresh']);
      expect(failedLogins).toEqual([failed]);
    }
  });

  it('is forgotten once tokens are granted, by whichever call', async () => {
    const granted = { isPerhapsSpent: true } as const;
    const byLogin = await attempted({
      api: reuse,
      granted,
      login: { accessToken: 'new', refreshToken: 'next' },
    });
    expect(byLogin.calls).toEqual(['login']);
    expect(byLogin.granted).toMatchObject({ how: 'login', refreshToken: 'next' });
    expect(byLogin.granted?.isPerhapsSpent).toBeUndefined();
    const dead = { ...granted, expiresAt: NOW };
    const byRefresh = await attempted({ api: reuse, granted: dead, refresh: [{ accessToken: 'new' }] });
    expect(byRefresh.calls).toEqual(['login', 'refresh']);
    expect(byRefresh.granted).toMatchObject({ how: 'refresh', refreshToken: 'r' });
    expect(byRefresh.granted?.isPerhapsSpent).toBeUndefined();
  });

  it('leaves a run after one that died with the login', async () => {
    const grant: Grant = { accessToken: 'new' };
    const given = { attempt: 2, login: grant, refresh: [grant] };
    expect((await attempted({ api: reuse, ...given })).calls).toEqual(['login']);
    expect((await attempted(given)).calls).toEqual(['refresh']);
  });
});

it('an API that is renewed by login is not shown the refresh token while that works', async () => {
  const grant: Grant = { accessToken: 'new' };
  const { calls, granted } = await attempted({ api: { renewBy: 'login' }, login: grant, refresh: [grant] });
  expect(calls).toEqual(['login']);
  expect(granted).toMatchObject({ how: 'login' });
});

it('a repetition that a fast clock put into the future counts as now, once: that is written', async () => {
  const { calls, granted } = await attempted({ granted: { repeatedAt: NOW + 24 * HOUR } });
  expect(calls).toEqual([]);
  expect(granted?.repeatedAt).toBe(NOW);
  const later = await attempted({
    granted: { repeatedAt: NOW - MINUTE },
    refresh: [{ accessToken: 'new' }],
  });
  expect(later.calls).toEqual(['refresh']);
});
