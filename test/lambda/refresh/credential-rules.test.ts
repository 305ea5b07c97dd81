import { describe, expect, it } from 'vitest';
import type { TokenSettings } from '../../../contract/function-settings.ts';
import { HOUR, MINUTE } from '../../../contract/times.ts';
import {
  mayLogInDespiteOutage,
  mayTryOnceMore,
  newVersion,
  nextTryOfRefused,
} from '../../../lambda/refresh/credential-rules.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { EMPTY_SESSION } from '../../../lambda/refresh/session.ts';
import { INTERVAL, NOW, request, session, settings, state } from './fixtures.ts';

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
    expect(newVersion(given)).toBe(expected);
  });
});

describe('refused credentials are tried again', () => {
  const triedAgainIn = (times: number, fields: Partial<TokenSettings> = {}) =>
    nextTryOfRefused(
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
    expect(nextTryOfRefused(session(), 'v1', settings)).toBe(0);
  });

  it('out of turn if a request asks for it, at most once an hour', () => {
    const asking = request({ retryRefused: true });
    expect(mayTryOnceMore(asking, session(), NOW)).toBe(true);
    expect(mayTryOnceMore(request(), session(), NOW)).toBe(false);
    expect(mayTryOnceMore(asking, session({}, { extraTryAt: NOW - HOUR }), NOW)).toBe(true);
    expect(mayTryOnceMore(asking, session({}, { extraTryAt: NOW - HOUR + 1 }), NOW)).toBe(false);
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
