import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import {
  afterFailedLogin,
  type CredentialsSituation,
  loginAsLastResort,
  loginWithNewCredentials,
  mayLogInAfter,
  mayLogInDespiteOutage,
  mayTryOnceMore,
} from '../../../lambda/refresh/credential-rules.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { EMPTY_SESSION, type Session } from '../../../lambda/refresh/session.ts';
import { failedLogins, LOGIN_REQUEST, NOW, request, session, settings } from './fixtures.ts';

const situation = (fields: Partial<CredentialsSituation> = {}): CredentialsSituation => ({
  request: request(),
  settings,
  loginRequest: LOGIN_REQUEST,
  session: session(),
  credentials: { versionId: 'v1' },
  now: NOW,
  ...fields,
});

describe('credentials are new', () => {
  const v2 = { credentials: { versionId: 'v2' } };
  const failed = (fields = {}) =>
    session({}, { failedLogins: [failedLogins({ versionId: 'v2', ...fields })] });
  it.each<[string, Partial<CredentialsSituation>, boolean]>([
    ['if their version is another than the session’s', v2, true],
    ['if there is no session yet', { session: EMPTY_SESSION }, true],
    ['not if the session was got with them', {}, false],
    ['not if they were just refused', { ...v2, session: failed() }, false],
    [
      'once more though they were, if a request asks for it',
      { ...v2, session: failed(), request: request({ retryRefused: true }) },
      true,
    ],
    [
      'again a minute after the first refusal: some APIs need a moment',
      { ...v2, session: failed(), now: NOW + MINUTE },
      true,
    ],
    [
      'not after a second refusal',
      { ...v2, session: failed({ times: 2, refusals: 2 }), now: NOW + 30 * 24 * HOUR },
      false,
    ],
    ['again if the login request has changed', { ...v2, session: failed({ request: 'another' }) }, true],
    [
      'a minute after they could not be tried',
      {
        ...v2,
        session: failed({ code: 'ApiUnreachable', times: 0, refusals: 0, shown: [] }),
        now: NOW + MINUTE,
      },
      true,
    ],
    [
      'not before',
      {
        ...v2,
        session: failed({ code: 'ApiUnreachable', times: 0, refusals: 0, shown: [] }),
        now: NOW + MINUTE - 1,
      },
      false,
    ],
    ['not in each run, if runs of the request die', { ...v2, request: request({ attempt: 4 }) }, false],
    ['not if there are none', { credentials: 'none', session: EMPTY_SESSION }, false],
    [
      'not if they cannot be looked up',
      { credentials: new RefreshError('CredentialsUnreadable'), session: EMPTY_SESSION },
      false,
    ],
  ])('%s', (_, given, expected) => {
    expect(loginWithNewCredentials(situation(given)) !== undefined).toBe(expected);
  });
});

describe('a login as the last resort', () => {
  const refused = session({}, { failedLogins: [failedLogins()] });
  it('is not allowed before it is due, and says when that is', () => {
    const dueAt = NOW + 35 * MINUTE;
    expect(loginAsLastResort(situation({ session: refused }))).toMatchObject({
      dueAt,
      failure: { code: 'CredentialsRefused' },
    });
    expect(loginAsLastResort(situation({ session: refused, now: dueAt }))).toEqual({
      versionId: 'v1',
      request: LOGIN_REQUEST,
    });
  });

  it('is allowed once an hour if a request asks for it', () => {
    const asking = request({ retryRefused: true });
    expect(loginAsLastResort(situation({ session: refused, request: asking }))).toMatchObject({
      isExtra: true,
    });
    expect(mayTryOnceMore(asking, session(), NOW)).toBe(true);
    expect(mayTryOnceMore(request(), session(), NOW)).toBe(false);
    expect(mayTryOnceMore(asking, session({}, { extraTryAt: NOW - HOUR }), NOW)).toBe(true);
    expect(mayTryOnceMore(asking, session({}, { extraTryAt: NOW - HOUR + 1 }), NOW)).toBe(false);
  });

  it('waits, twice as long each time, after runs that died', () => {
    const allowed = Array.from({ length: 18 }, (_, untold) => untold).filter(mayLogInAfter);
    expect(allowed).toEqual([0, 1, 2, 4, 8, 16]);
    expect(loginAsLastResort(situation({ request: request({ attempt: 4 }) }))).toMatchObject({
      failure: { code: 'RunsDied' },
    });
  });
});

describe('a failed login', () => {
  const login = { versionId: 'v1', request: LOGIN_REQUEST };
  const entryAfter = (code: FailureCode, before: Session = session(), shown = [NOW]) =>
    afterFailedLogin({ session: before, login, failure: new RefreshError(code), shown, now: NOW })
      .failedLogins[0];

  it('is counted by its kind, what was shown whatever its kind', () => {
    const before = session(
      {},
      {
        failedLogins: [
          failedLogins({
            code: 'ApiThrottled',
            times: 3,
            refusals: 0,
            at: NOW - MINUTE,
            shown: [NOW - MINUTE],
          }),
        ],
      },
    );
    expect(entryAfter('ApiTimeout', before)).toMatchObject({ times: 4, shown: [NOW - MINUTE, NOW] });
    expect(entryAfter('ApiUnavailable', before)).toMatchObject({ times: 1, shown: [NOW - MINUTE, NOW] });
  });

  it('that was not sent counts as nothing', () => {
    expect(entryAfter('ApiUnreachable', session(), [])).toBeUndefined();
  });

  it('whose token cannot be stored was accepted: only then the count begins anew', () => {
    const before = session({}, { failedLogins: [failedLogins({ at: NOW - MINUTE, shown: [NOW - MINUTE] })] });
    expect(entryAfter('TokenExpired', before)).toMatchObject({ times: 1, refusals: 0, shown: [] });
    expect(entryAfter('AnswerNotJson', before)).toMatchObject({ times: 1, refusals: 1 });
  });

  it('is due no sooner than the token API asks', () => {
    const asked = new RefreshError('ApiThrottled', { retryAfterSeconds: 600 });
    const failed = afterFailedLogin({ session: session(), login, failure: asked, shown: [NOW], now: NOW });
    expect(loginAsLastResort(situation({ session: failed }))).toMatchObject({ dueAt: NOW + 600 * SECOND });
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
