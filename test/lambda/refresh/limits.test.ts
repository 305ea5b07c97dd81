import { describe, expect, it } from 'vitest';
import type { TokenSettings } from '../../../contract/function-settings.ts';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import type { State } from '../../../lambda/aws/state.ts';
import {
  isSatisfied,
  isSuperseded,
  liveRefreshToken,
  mayLogInDespiteOutage,
  mayTryOutOfTurn,
  newCredentials,
  nextTryOfCredentials,
  rationedFor,
} from '../../../lambda/refresh/limits.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import type { RefreshRequest } from '../../../lambda/refresh/request.ts';
import { EMPTY_SESSION, type Session } from '../../../lambda/refresh/session.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');
const INTERVAL = 25 * MINUTE;

const settings: TokenSettings = {
  baseUrl: 'https://api.example.com',
  credentialsSecretId: 'token-refresher/sandbox/payments-api/credentials',
  intervalSeconds: INTERVAL / SECOND,
  accessTokenLifetimeSeconds: 1800,
  refreshTokenLifetimeSeconds: 604800,
};

const request = (fields: Partial<RefreshRequest> = {}): RefreshRequest => ({
  token: 'payments-api',
  requestedBy: 'consumer',
  retryRefused: false,
  sentAt: NOW,
  attempt: 1,
  ...fields,
});

type Granted = NonNullable<Session['granted']>;

const session = (granted: Partial<Granted> = {}, fields: Partial<Session> = {}): Session => ({
  ...EMPTY_SESSION,
  granted: {
    accessTokenHash: 'h',
    how: 'login',
    obtainedAt: NOW - 10 * MINUTE,
    expiresAt: NOW + 20 * MINUTE,
    credentialsVersion: 'v1',
    ...granted,
  },
  ...fields,
});

const state = (fields: Partial<State> = {}): State => ({
  session: session(),
  accessToken: { value: 't', version: 7, writtenAt: NOW - 10 * MINUTE },
  whole: true,
  credentials: { versionId: 'v1' },
  ...fields,
});

describe('a request is superseded', () => {
  it('once it is older than the interval and the schedule’s precision', () => {
    const old = INTERVAL + MINUTE;
    expect(isSuperseded(request({ sentAt: NOW - old }), settings, NOW)).toBe(false);
    expect(isSuperseded(request({ sentAt: NOW - old - 1 }), settings, NOW)).toBe(true);
  });
});

describe('a request is satisfied', () => {
  const written = NOW - 10 * MINUTE;

  it('by an access token written after it was sent', () => {
    expect(isSatisfied(request({ sentAt: written - 1 }), state(), NOW)).toBe(true);
    expect(isSatisfied(request({ sentAt: written }), state(), NOW)).toBe(false);
  });

  it('not by one that was granted long before and only stored since', () => {
    const granted = (before: number) => state({ session: session({ obtainedAt: written - 1 - before }) });
    const sent = request({ sentAt: written - 1 });
    expect(isSatisfied(sent, granted(12 * SECOND - 1), NOW)).toBe(true);
    expect(isSatisfied(sent, granted(12 * SECOND), NOW)).toBe(false);
  });

  it('not by one that was stored so late that consumers take it for younger than it is', () => {
    const storedAfter = (delay: number) => state({ session: session({ obtainedAt: written - delay }) });
    const sent = request({ sentAt: written - 60 * SECOND });
    expect(isSatisfied(sent, storedAfter(15 * SECOND), NOW)).toBe(true);
    expect(isSatisfied(sent, storedAfter(15 * SECOND + 1), NOW)).toBe(false);
  });

  it('by a version newer than the rejected one', () => {
    expect(isSatisfied(request({ rejectedVersion: 6 }), state(), NOW)).toBe(true);
    expect(isSatisfied(request({ rejectedVersion: 7 }), state(), NOW)).toBe(false);
  });

  it('never without an access token, by half of a write, or by a dead token', () => {
    const old = request({ sentAt: written - 1 });
    const { accessToken: _, ...missing } = state();
    expect(isSatisfied(old, missing, NOW)).toBe(false);
    expect(isSatisfied(old, state({ whole: false }), NOW)).toBe(false);
    expect(isSatisfied(old, state({ session: EMPTY_SESSION }), NOW)).toBe(false);
    expect(isSatisfied(old, state({ session: session({ expiresAt: NOW }) }), NOW)).toBe(false);
    expect(isSatisfied(old, state({ session: session({ expiresAt: NOW + 1 }) }), NOW)).toBe(true);
  });
});

describe('refreshes are rationed', () => {
  const got = (ago: number, fields: Partial<Session> = {}) =>
    state({ session: session({ obtainedAt: NOW - ago }, fields) });

  it('to one a minute, whoever asks', () => {
    expect(rationedFor(request(), got(MINUTE), settings, NOW)).toBe(0);
    expect(rationedFor(request(), got(MINUTE - 1), settings, NOW)).toBe(1);
    expect(rationedFor(request({ requestedBy: 'schedule' }), got(0), settings, NOW)).toBe(MINUTE);
  });

  it('to one in ten minutes for consumers, after three rejected tokens in a row', () => {
    const three = got(MINUTE, { rejectionsInARow: 3 });
    expect(rationedFor(request({ rejectedVersion: 7 }), three, settings, NOW)).toBe(9 * MINUTE);
    expect(rationedFor(request(), three, settings, NOW)).toBe(0);
    expect(
      rationedFor(request({ rejectedVersion: 7 }), got(MINUTE, { rejectionsInARow: 2 }), settings, NOW),
    ).toBe(0);
  });

  it('never past the interval, which keeps the schedule on time', () => {
    const short = { ...settings, intervalSeconds: 120 };
    const three = got(0, { rejectionsInARow: 3 });
    expect(rationedFor(request({ rejectedVersion: 7 }), three, short, NOW)).toBe(2 * MINUTE);
  });

  it('not when there is no whole token, and no longer than the gap when the clock jumped back', () => {
    expect(rationedFor(request(), state({ session: EMPTY_SESSION }), settings, NOW)).toBe(0);
    expect(rationedFor(request(), { ...got(0), whole: false }, settings, NOW)).toBe(0);
    expect(rationedFor(request(), got(-HOUR), settings, NOW)).toBe(MINUTE);
  });
});

describe('credentials are new', () => {
  const refused = { versionId: 'v2', code: 'CredentialsRefused', at: NOW, times: 1 } as const;
  it.each([
    ['if their version is another than the session’s', state({ credentials: { versionId: 'v2' } }), 'v2'],
    ['if there is no session yet', state({ session: EMPTY_SESSION }), 'v1'],
    ['not if the session was got with them', state(), undefined],
    [
      'not if they were refused',
      state({ credentials: { versionId: 'v2' }, session: session({}, { refused: [refused] }) }),
      undefined,
    ],
    ['not if there are none', state({ credentials: 'none' }), undefined],
    [
      'not if they cannot be looked up',
      state({ credentials: new RefreshError('CredentialsUnreadable') }),
      undefined,
    ],
  ])('%s', (_, given, expected) => {
    expect(newCredentials(given)).toBe(expected);
  });
});

describe('refused credentials are tried again', () => {
  const triedAgainIn = (times: number, fields: Partial<TokenSettings> = {}) =>
    nextTryOfCredentials(
      session({}, { refused: [{ versionId: 'v1', code: 'CredentialsRefused', at: NOW, times }] }),
      'v1',
      { ...settings, ...fields },
    ) - NOW;

  it('after one interval, after 4 hours, then daily', () => {
    expect([1, 2, 3, 4, 50].map((times) => triedAgainIn(times))).toEqual([
      INTERVAL,
      4 * HOUR,
      24 * HOUR,
      24 * HOUR,
      24 * HOUR,
    ]);
  });

  it('never sooner the second time than the first', () => {
    expect(triedAgainIn(2, { intervalSeconds: 12 * 3600 })).toBe(12 * HOUR);
  });

  it('at once if it was another version', () => {
    expect(nextTryOfCredentials(session(), 'v1', settings)).toBe(0);
  });

  it('out of turn if a request asks for it, at most once an hour', () => {
    const asking = request({ retryRefused: true });
    expect(mayTryOutOfTurn(asking, session(), NOW)).toBe(true);
    expect(mayTryOutOfTurn(request(), session(), NOW)).toBe(false);
    expect(mayTryOutOfTurn(asking, session({}, { extraTryAt: NOW - HOUR }), NOW)).toBe(true);
    expect(mayTryOutOfTurn(asking, session({}, { extraTryAt: NOW - HOUR + 1 }), NOW)).toBe(false);
  });
});

describe('a login despite an outage', () => {
  it('waits for the third attempt, and ten minutes since the last', () => {
    expect(mayLogInDespiteOutage(request({ attempt: 2 }), session(), NOW)).toBe(false);
    expect(mayLogInDespiteOutage(request({ attempt: 3 }), session(), NOW)).toBe(true);
    const since = (ago: number) => session({}, { loginDespiteOutageAt: NOW - ago });
    expect(mayLogInDespiteOutage(request({ attempt: 9 }), since(10 * MINUTE - 1), NOW)).toBe(false);
    expect(mayLogInDespiteOutage(request({ attempt: 9 }), since(10 * MINUTE), NOW)).toBe(true);
  });
});

describe('a refresh token', () => {
  it('lives until its lifetime is over; one without a known end is tried', () => {
    expect(liveRefreshToken(session({ refreshToken: 'r', refreshTokenExpiresAt: NOW + 1 }), NOW)).toBe('r');
    expect(liveRefreshToken(session({ refreshToken: 'r', refreshTokenExpiresAt: NOW }), NOW)).toBeUndefined();
    expect(liveRefreshToken(session({ refreshToken: 'r' }), NOW)).toBe('r');
    expect(liveRefreshToken(session(), NOW)).toBeUndefined();
    expect(liveRefreshToken(EMPTY_SESSION, NOW)).toBeUndefined();
  });
});
