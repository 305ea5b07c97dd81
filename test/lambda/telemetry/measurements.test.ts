import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import type { Outcome } from '../../../lambda/refresh/attempt.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import type { RefreshRequest } from '../../../lambda/refresh/request.ts';
import { EMPTY_SESSION, type Granted, type Session } from '../../../lambda/refresh/session.ts';
import { newTrace, type Trace } from '../../../lambda/refresh/trace.ts';
import type { Wait } from '../../../lambda/refresh/waiting.ts';
import { type MetricGroup, measure, reasonsForAttention } from '../../../lambda/telemetry/measurements.ts';
import { failedLogins } from '../refresh/fixtures.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');

const granted = (lifetime = 30 * MINUTE): Granted => ({
  accessTokenHash: 'h',
  how: 'refresh',
  obtainedAt: NOW - SECOND,
  expiresAt: NOW - SECOND + lifetime,
  credentialsVersion: 'v1',
});

const session = (lifetime = 30 * MINUTE): Session => ({ ...EMPTY_SESSION, granted: granted(lifetime) });

interface Given {
  outcome: Partial<Outcome> & Pick<Outcome, 'ending'>;
  request?: Partial<RefreshRequest>;
}

const measured = ({ outcome, request = {} }: Given) => ({
  environment: 'sandbox',
  settings: {
    api: defaultTokenApi('https://api.example.com'),
    credentialsSecretId: 's',
    intervalSeconds: 1500,
    accessTokenLifetimeSeconds: 1800,
    refreshTokenLifetimeSeconds: 604_800,
    credentialsMaxAgeSeconds: 90 * 24 * 3600,
  },
  request: {
    token: 'payments-api',
    requestedBy: 'schedule',
    retryRefused: false,
    sentAt: NOW,
    attempt: 1,
    messageSentAt: NOW,
    ...request,
  } as const,
  outcome: { trace: newTrace(), tries: 1, ...outcome },
  now: NOW,
});

/** `{ 'Environment=sandbox,Token=payments-api': { Refreshed: 1 } }` */
function table(groups: readonly MetricGroup[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    groups.map(({ dimensions, metrics }) => [
      Object.entries(dimensions)
        .map(([name, value]) => `${name}=${value}`)
        .join(),
      Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    ]),
  );
}

const PER_TOKEN = 'Environment=sandbox,Token=payments-api';
const refreshed = (how: 'login' | 'refresh') => ({ kind: 'refreshed', how, version: 8 }) as const;
const inSeconds = (seconds: number): Wait => ({ how: 'hidden', until: NOW + seconds * SECOND });
const failed = (code: FailureCode) => ({ kind: 'failed', failure: new RefreshError(code) }) as const;

/** @param refresh how a refresh that is followed by a login failed */
function traceOf(calls: readonly ('login' | 'refresh')[], refresh?: FailureCode): Trace {
  const trace = newTrace();
  for (const call of calls) {
    const failure = call === 'refresh' && refresh !== undefined ? new RefreshError(refresh) : undefined;
    trace.called(call, 40, failure);
  }
  return trace;
}

describe('a refreshed token', () => {
  it('says that all is well, how it was got, and how long it lives', () => {
    const trace = traceOf(['refresh']);
    const groups = measure(
      measured({ outcome: { ending: refreshed('refresh'), session: session(), trace } }),
    );
    expect(table(groups)).toEqual({
      [PER_TOKEN]: { RefreshFailing: 0, Refreshed: 1, GotByLogin: 0, ValidityLeft: 1799 },
      'Environment=sandbox': { ApiLatency: 40 },
    });
  });

  it('by login says that the credentials were accepted', () => {
    const trace = traceOf(['login']);
    trace.credentialsTried('accepted');
    const groups = measure(measured({ outcome: { ending: refreshed('login'), session: session(), trace } }));
    expect(table(groups)[PER_TOKEN]).toMatchObject({ GotByLogin: 1, LoginRefused: 0, RefreshFailing: 0 });
  });
});

describe('a failed attempt', () => {
  it('raises no alarm while the next attempt comes within 50 s of the request, and does from then on', () => {
    const failing = (ageSeconds: number, retryInSeconds: number) =>
      table(
        measure(
          measured({
            outcome: { ending: { ...failed('ApiUnavailable'), wait: inSeconds(retryInSeconds) } },
            request: { sentAt: NOW - ageSeconds * SECOND },
          }),
        ),
      );
    const codes = { 'Environment=sandbox,Code=ApiUnavailable': { FailedAttempt: 1 } };
    expect(failing(0, 4)).toEqual(codes);
    expect(failing(30, 20)).toEqual(codes);
    expect(failing(30, 21)).toEqual({ ...codes, [PER_TOKEN]: { RefreshFailing: 1 } });
    expect(failing(0, 600)).toEqual({ ...codes, [PER_TOKEN]: { RefreshFailing: 1 } });
  });

  it.each<[FailureCode, number | undefined]>([
    ['CredentialsRefused', 1],
    ['CredentialsMalformed', 1],
    ['NoCredentials', undefined],
  ])('of a request that is not retried raises it by its code: %s', (code, value) => {
    expect(table(measure(measured({ outcome: { ending: failed(code) } })))[PER_TOKEN]?.RefreshFailing).toBe(
      value,
    );
  });

  it('says how long the stored token still lives, below 0 once it is dead', () => {
    const dead = session(-9 * SECOND);
    const groups = measure(
      measured({ outcome: { ending: { ...failed('ApiTimeout'), wait: inSeconds(5) }, session: dead } }),
    );
    expect(table(groups)[PER_TOKEN]).toEqual({ ValidityLeft: -10 });
  });
});

it('new credentials that were refused are told even though the old session goes on', () => {
  const trace = newTrace();
  trace.credentialsTried(new RefreshError('CredentialsRefused'));
  const groups = measure(measured({ outcome: { ending: refreshed('refresh'), session: session(), trace } }));
  expect(table(groups)[PER_TOKEN]).toMatchObject({ LoginRefused: 1, RefreshFailing: 0 });
});

it.each([['satisfied'], ['superseded']] as const)('a request that is %s counts as nothing', (kind) => {
  expect(measure(measured({ outcome: { ending: { kind } } }))).toEqual([]);
});

describe('attention is raised', () => {
  const reasons = (given: Given) => reasonsForAttention(measured(given)).join();
  const quiet = { ending: refreshed('refresh'), session: session() };

  it('not by a plain refresh', () => {
    expect(reasons({ outcome: quiet })).toBe('');
  });

  it.each<[FailureCode, boolean]>([
    ['RefreshTokenRefused', true],
    ['AnswerNotJson', true],
    ['ApiForbidden', true],
    ['ApiUnavailable', false],
    ['ApiTimeout', false],
  ])('by a login after a refresh that failed with %s: %s', async (code, raised) => {
    const trace = traceOf(['refresh', 'login'], code);
    const said = reasons({ outcome: { ending: refreshed('login'), session: session(), trace } });
    expect(said.includes('refresh token')).toBe(raised);
  });

  it('not by a login without a refresh before it', () => {
    const trace = traceOf(['login']);
    expect(reasons({ outcome: { ending: refreshed('login'), session: session(), trace } })).toBe('');
  });

  it('by new credentials that could not be tried for an interval', () => {
    const stuck = (since: number, versionId = 'v2', credentialsVersion = versionId) => {
      const failed = failedLogins({ versionId, code: 'CredentialsUnreadable', since, times: 0, refusals: 0 });
      return reasons({
        outcome: { ...quiet, credentialsVersion, session: { ...session(), failedLogins: [failed] } },
      });
    };
    expect(stuck(NOW - 1500 * SECOND + 1)).toBe('');
    expect(stuck(NOW - 1500 * SECOND)).toBe(
      'new credentials could not be tried since 2026-11-21T08:35:00.000Z: CredentialsUnreadable',
    );
    expect(stuck(NOW - 1500 * SECOND, 'v1')).toBe('');
    // A newer version has taken its place.
    expect(stuck(NOW - 1500 * SECOND, 'v2', 'v3')).toBe('');
  });

  it('by credentials that have been in use for as long as the setting says', () => {
    const used = (since: number) =>
      reasons({
        outcome: { ...quiet, session: { ...session(), granted: { ...granted(), credentialsSince: since } } },
      });
    expect(used(NOW - 90 * 24 * HOUR + 1)).toBe('');
    expect(used(NOW - 90 * 24 * HOUR)).toContain('in use since 2026-08-23T09:00:00');
  });

  it('by a lifetime that is too short to be renewed without a gap', () => {
    const lifetime = (seconds: number) =>
      reasons({ outcome: { ...quiet, session: session(seconds * SECOND) } });
    expect(lifetime(90)).toBe('');
    expect(lifetime(89)).toContain('lives 89 s');
  });

  it('by the third rejected token in a row', () => {
    const rejected = (rejectionsInARow: number) =>
      reasons({
        outcome: { ...quiet, session: { ...session(), rejectionsInARow } },
        request: { rejectedVersion: 7 },
      });
    expect(rejected(2)).toBe('');
    expect(rejected(3)).toContain('3 tokens in a row');
  });

  it('by credentials that are missing for an hour', () => {
    const missing = (since: number) =>
      reasons({
        outcome: {
          ending: failed('NoCredentials'),
          session: { ...EMPTY_SESSION, credentialsMissingSince: since },
        },
      });
    expect(missing(NOW - HOUR + 1)).toBe('');
    expect(missing(NOW - HOUR)).toContain('no credentials since 2026-11-21T08:00:00');
  });
});
