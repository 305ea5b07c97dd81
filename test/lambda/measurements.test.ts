import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../lambda/clock.ts';
import { type FailureCode, RefreshError } from '../../lambda/errors.ts';
import { type MetricGroup, measure, reasonsForAttention } from '../../lambda/measurements.ts';
import type { Outcome } from '../../lambda/refresh.ts';
import type { RefreshRequest } from '../../lambda/request.ts';
import { EMPTY_SESSION, type Session } from '../../lambda/session.ts';
import { newTrace, type Trace } from '../../lambda/trace.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');

const session = (lifetime = 30 * MINUTE): Session => ({
  ...EMPTY_SESSION,
  granted: {
    accessTokenHash: 'h',
    how: 'refresh',
    obtainedAt: NOW - SECOND,
    expiresAt: NOW - SECOND + lifetime,
    credentialsVersion: 'v1',
  },
});

interface Given {
  outcome: Partial<Outcome> & Pick<Outcome, 'ending'>;
  request?: Partial<RefreshRequest>;
}

const measured = ({ outcome, request = {} }: Given) => ({
  environment: 'sandbox',
  settings: {
    baseUrl: 'https://api.example.com',
    credentialsSecretId: 's',
    intervalSeconds: 1500,
    accessTokenLifetimeSeconds: 1800,
    refreshTokenLifetimeSeconds: 604_800,
  },
  request: {
    token: 'payments-api',
    requestedBy: 'schedule',
    retryRefused: false,
    sentAt: NOW,
    attempt: 1,
    ...request,
  } as const,
  outcome: { trace: newTrace(), ...outcome },
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
const failed = (code: FailureCode) => ({ kind: 'failed', failure: new RefreshError(code) }) as const;

async function traceOf(...calls: readonly ('login' | 'refresh')[]): Promise<Trace> {
  const trace = newTrace();
  let now = NOW;
  const clock = { now: () => (now += 40), sleep: async () => {}, random: () => 0 };
  for (const call of calls) await trace.call(call, clock, async () => undefined);
  return trace;
}

describe('a refreshed token', () => {
  it('says that all is well, how it was got, and how long it lives', async () => {
    const trace = await traceOf('refresh');
    const groups = measure(
      measured({ outcome: { ending: refreshed('refresh'), session: session(), trace } }),
    );
    expect(table(groups)).toEqual({
      [PER_TOKEN]: { RefreshFailing: 0, Refreshed: 1, GotByLogin: 0, ValidityLeft: 1799 },
      'Environment=sandbox': { ApiLatency: 40 },
    });
  });

  it('by login says that the credentials were accepted', async () => {
    const trace = await traceOf('login');
    trace.credentialsAccepted();
    const groups = measure(measured({ outcome: { ending: refreshed('login'), session: session(), trace } }));
    expect(table(groups)[PER_TOKEN]).toMatchObject({ GotByLogin: 1, LoginRefused: 0, RefreshFailing: 0 });
  });
});

describe('a failed attempt', () => {
  it('raises no alarm the first time, and does from the second on', () => {
    const failing = (attempt: number) =>
      table(measure(measured({ outcome: { ending: failed('ApiUnavailable') }, request: { attempt } })));
    expect(failing(1)).toEqual({ 'Environment=sandbox,Code=ApiUnavailable': { FailedAttempt: 1 } });
    expect(failing(2)).toEqual({
      'Environment=sandbox,Code=ApiUnavailable': { FailedAttempt: 1 },
      [PER_TOKEN]: { RefreshFailing: 1 },
    });
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
    const groups = measure(measured({ outcome: { ending: failed('ApiTimeout'), session: dead } }));
    expect(table(groups)[PER_TOKEN]).toEqual({ ValidityLeft: -10 });
  });
});

it('new credentials that were refused are told even though the old session goes on', () => {
  const trace = newTrace();
  trace.credentialsRefused();
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

  it('by a login where a refresh should have worked', async () => {
    const both = await traceOf('refresh', 'login');
    expect(reasons({ outcome: { ending: refreshed('login'), session: session(), trace: both } })).toContain(
      'refresh token',
    );
    const alone = await traceOf('login');
    expect(reasons({ outcome: { ending: refreshed('login'), session: session(), trace: alone } })).toBe('');
  });

  it('by a lifetime that is shorter than the schedule needs, with the numbers', () => {
    const lifetime = (seconds: number) =>
      reasons({ outcome: { ...quiet, session: session(seconds * SECOND) } });
    expect(lifetime(1560)).toBe('');
    expect(lifetime(1559)).toContain('lives 1559 s, the schedule is every 1500 s');
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
