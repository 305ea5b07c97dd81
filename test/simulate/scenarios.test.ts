import { describe, expect, it } from 'vitest';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { Trouble } from '../../simulate/faults.ts';
import type { TokenCall } from '../../simulate/token-host.ts';
import { START, USERNAME } from '../../simulate/world.ts';
import { clockTime, endlessRequests, RECOVERY_AFTER_CRASH_SECONDS } from './observations.ts';
import { type Moment, type Played, play, type Script, type TimedFault, TOKEN } from './script.ts';

const calm: Script = { seed: 1, hours: 2, latestTick: 0 };
/** The second tick, with which most of these stories begin. */
const TICK = 1500;
const LIFETIME = 1800;

const during = (trouble: Trouble, at: number, lasts: number): TimedFault => ({ trouble, at, lasts });
const requests = (at: number, count: number, body: object): Moment => ({
  kind: 'message',
  at,
  count,
  groupIds: [TOKEN],
  body: JSON.stringify({ token: TOKEN, requestedBy: 'consumer', ...body }),
});

const host = ({ world }: Played) => world.host(TOKEN);
const kinds = (calls: readonly TokenCall[]): string[] => calls.map(({ kind }) => kind);
const callsAfter = (seconds: number, played: Played): TokenCall[] =>
  host(played).calls.filter(({ from }) => from >= START + seconds * SECOND);
const gapSeconds = (played: Played): number[] =>
  host(played)
    .validity.gaps()
    .map(({ from, to }) => clockTime(to) - clockTime(from));

describe('the refresher', () => {
  it('logs in once, then refreshes at every tick, and there is always a valid token', async () => {
    const played = await play({ ...calm, hours: 24 });
    expect(kinds(host(played).calls)).toEqual(['login', ...played.ticks.slice(1).map(() => 'refresh')]);
    expect(gapSeconds(played)).toEqual([]);
  });

  it('logs in when the refresh token has expired', async () => {
    const times = {
      intervalSeconds: 1500,
      accessTokenLifetimeSeconds: LIFETIME,
      refreshTokenLifetimeSeconds: 1400,
    };
    expect(kinds(host(await play({ ...calm, times })).calls)).toEqual(Array(5).fill('login'));
  });

  it('logs in at every tick where the token API gives no refresh tokens', async () => {
    expect(kinds(host(await play({ ...calm, loginAlone: true })).calls)).toEqual(Array(5).fill('login'));
  });

  it('is back within seconds when an answer was lost after the refresh token had been spent', async () => {
    const played = await play({ ...calm, faults: [during({ kind: 'api-answer-lost' }, TICK, 0.25)] });
    expect(host(played).model.counters.reuses).toBeGreaterThan(0);
    expect(kinds(callsAfter(TICK, played)).slice(0, 3)).toEqual(['refresh', 'refresh', 'login']);
    expect(Math.max(...gapSeconds(played))).toBeLessThan(2);
  });

  it('does not present a refused refresh token again while login is down', async () => {
    const faults = [{ ...during({ kind: 'api-refuses' }, 600, TICK), only: 'login' as const }];
    const played = await play({ ...calm, moments: [{ kind: 'revoke', at: 700 }], faults });
    const refreshes = callsAfter(700, played).filter(({ kind }) => kind === 'refresh');
    expect(refreshes.filter(({ work }) => work === 'refused')).toHaveLength(1);
    const [gap = 0] = gapSeconds(played);
    expect(gap).toBeLessThan(600 + TICK - 700 + RECOVERY_AFTER_CRASH_SECONDS);
  });

  it('logs in, once in ten minutes, while the refresh endpoint alone is down', async () => {
    const faults = [{ ...during({ kind: 'api-refuses' }, TICK, 4 * TICK), only: 'refresh' as const }];
    const played = await play({ ...calm, hours: 3, faults });
    const logins = callsAfter(TICK, played).filter(({ kind }) => kind === 'login');
    expect(logins).toHaveLength(4);
    expect(gapSeconds(played)).toEqual([]);
  });

  it('waits as long as the token API asks it to', async () => {
    const answer = { status: 429, headers: { 'retry-after': '100' }, body: '' };
    const played = await play({ ...calm, faults: [during({ kind: 'api-answers', answer }, TICK, 1)] });
    const [, second] = callsAfter(TICK, played).map(({ from }) => clockTime(from) - TICK);
    expect(second).toBeGreaterThan(100);
    expect(second).toBeLessThan(102);
  });

  it('tries once more at once after a connection was refused', async () => {
    const played = await play({ ...calm, faults: [during({ kind: 'api-refuses' }, TICK, 0.2)] });
    expect(
      callsAfter(TICK, played)
        .slice(0, 2)
        .map(({ isAnswered }) => isAnswered),
    ).toEqual([false, true]);
    expect(played.runs.map(({ result }) => result)).not.toContain('failed');
  });

  it('uses new credentials within seconds of their being stored', async () => {
    const played = await play({ ...calm, moments: [{ kind: 'credentials', are: 'right', at: 600 }] });
    const [login] = callsAfter(600, played);
    expect(login).toMatchObject({ kind: 'login', presented: 'password-2' });
    expect(clockTime(login?.from ?? 0)).toBeLessThan(601);
  });

  it('keeps refreshing when the new credentials are wrong', async () => {
    const played = await play({
      ...calm,
      hours: 24,
      moments: [{ kind: 'credentials', are: 'wrong', at: 600 }],
    });
    // Twice: some APIs need a moment to know new credentials.
    expect(callsAfter(600, played).filter(({ kind }) => kind === 'login')).toHaveLength(2);
    expect(gapSeconds(played)).toEqual([]);
  });

  it('does not lock an account that locks after ten wrong passwords, for a week', async () => {
    const moments: Moment[] = [
      { kind: 'new-password', at: 600 },
      { kind: 'revoke', at: 601 },
    ];
    const lockout = { afterRefusals: 10, seconds: 3600 };
    const played = await play({ ...calm, hours: 7 * 24, moments, lockout });
    expect(host(played).model.counters.refusedLogins).toBe(8);
    expect(
      played.runs.filter(({ result, message }) => result === 'failed' && message.groupId === TOKEN).length,
    ).toBeLessThan(5);
    expect(host(played).model.isLockedOut(USERNAME)).toBe(false);
  });
});

describe('without a schedule', () => {
  it('a consumer gets a new token when all it knows of has expired, whatever version it names', async () => {
    const moments = [requests(2 * LIFETIME, 1, { rejectedVersion: 1 })];
    const played = await play({ ...calm, ticks: [0, TICK], moments });
    expect(kinds(callsAfter(2 * LIFETIME, played))).toEqual(['refresh']);
  });
});

it('is played the same way again for the same seed', async () => {
  const script: Script = {
    ...calm,
    faults: [{ trouble: { kind: 'api-answer-lost' }, at: TICK, lasts: 1200, share: 0.5 }],
  };
  // The queue names each message at random.
  const withoutIds = (line: string) => line.replace(/"messageId":"[^"]*"/, '');
  const traces = [script, script, { ...script, seed: 2 }].map(async (each) =>
    (await play(each)).emitted.map(withoutIds),
  );
  const [one, same, other] = await Promise.all(traces);
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

describe('a thousand equal requests of consumers', () => {
  const revoked: Moment = { kind: 'revoke', at: 600 };

  it('cause one call when they name the version that was rejected, however they arrive', async () => {
    const waves = [601, 602, 605, 630].map((at) => requests(at, 250, { rejectedVersion: 1 }));
    const played = await play({ ...calm, hours: 0.4, moments: [revoked, ...waves] });
    expect(kinds(callsAfter(600, played))).toEqual(['refresh', 'login']);
    expect(played.runs.filter(({ result }) => result === 'succeeded')).toHaveLength(1 + 1000);
  });

  it('cause one call when they arrive together and name none', async () => {
    const played = await play({ ...calm, hours: 0.4, moments: [revoked, requests(601, 1000, {})] });
    expect(kinds(callsAfter(600, played))).toEqual(['refresh', 'login']);
  });
});

describe('a run that dies', () => {
  const MOST_AWAITS = 12;

  it.each(Array.from({ length: MOST_AWAITS }, (_, awaits) => awaits))(
    'at await %i of a refresh is made good before the token expires',
    async (afterAwaits) => {
      const played = await play({ ...calm, faults: [during({ kind: 'crash', afterAwaits }, TICK, 1)] });
      expect(Math.max(0, ...gapSeconds(played))).toBeLessThan(1);
      const [, second] = played.writes;
      expect(clockTime(second?.at ?? 0)).toBeLessThan(TICK + RECOVERY_AFTER_CRASH_SECONDS);
    },
  );

  it('is not what is tested above once the awaits have run out', async () => {
    const crash = during({ kind: 'crash', afterAwaits: MOST_AWAITS }, TICK, 1);
    const played = await play({ ...calm, faults: [crash] });
    expect(played.runs.map(({ result }) => result)).not.toContain('crashed');
  });
});

describe('Parameter Store', () => {
  it('that takes no session costs neither a token nor a second call', async () => {
    const fault = during({ kind: 'parameters-unwritable', which: 'session', committed: false }, TICK, 120);
    const played = await play({ ...calm, faults: [fault] });
    expect(gapSeconds(played)).toEqual([]);
    expect(callsAfter(TICK, played).filter(({ from }) => clockTime(from) < 2 * TICK)).toHaveLength(1);
  });

  it('that takes the token but not its session does not make the next process present a spent refresh token', async () => {
    const faults = [
      during({ kind: 'parameters-unwritable', which: 'session', committed: false }, TICK, 20),
      during({ kind: 'cold-starts' }, TICK + 1, 100),
    ];
    const played = await play({ ...calm, faults });
    expect(kinds(callsAfter(TICK, played)).slice(0, 2)).toEqual(['refresh', 'login']);
    expect(host(played).model.counters.reuses).toBe(0);
    expect(gapSeconds(played)).toEqual([]);
  });

  // A held request comes back before it is superseded, and logs in once more.
  it('that takes nothing, and processes that forget, let refused credentials be used once in an interval', async () => {
    const faults = [
      during({ kind: 'parameters-unwritable', which: 'both', committed: false }, 700, 4 * TICK),
      during({ kind: 'cold-starts' }, 700, 4 * TICK),
    ];
    const moments: Moment[] = [
      { kind: 'new-password', at: 600 },
      { kind: 'revoke', at: 601 },
    ];
    const played = await play({ ...calm, hours: 3, moments, faults });
    const logins = callsAfter(700, played).filter(({ kind }) => kind === 'login');
    const pauses = logins.slice(1).map(({ from }, index) => (from - (logins[index]?.from ?? 0)) / SECOND);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(TICK);
  });

  it('that somebody wrote into is put right when a consumer reports the version before', async () => {
    const moments: Moment[] = [{ kind: 'overwrite', at: 600 }, requests(700, 1, { rejectedVersion: 1 })];
    const [gap = 0] = gapSeconds(await play({ ...calm, moments }));
    expect(gap).toBeGreaterThan(100);
    expect(gap).toBeLessThan(102);
  });

  it('that takes no access token until the old one has expired is filled as soon as it does, then by a fresh one', async () => {
    const fault = during(
      { kind: 'parameters-unwritable', which: 'access-token', committed: false },
      TICK,
      600,
    );
    const played = await play({ ...calm, faults: [fault] });
    expect(kinds(callsAfter(TICK, played)).slice(0, 2)).toEqual(['refresh', 'refresh']);
    // Who sees when it was stored would take the first for ten minutes younger than it is.
    const [, late, fresh] = played.writes;
    expect(clockTime(fresh?.at ?? 0) - clockTime(late?.at ?? 0)).toBeLessThan(2);
    const [gap = 0] = gapSeconds(played);
    expect(gap).toBeGreaterThan(TICK + 600 - LIFETIME);
    expect(gap).toBeLessThan(TICK + 600 - LIFETIME + 20 + LIMITS.attemptSeconds);
  });
});

describe('a request', () => {
  const unwritableUntil = (at: number, until: number): TimedFault =>
    during({ kind: 'parameters-unwritable', which: 'session', committed: false }, at, until - at);

  it('of the schedule is not satisfied by an old token that could only be stored now', async () => {
    const moments = [requests(600, 1, {})];
    const played = await play({ ...calm, moments, faults: [unwritableUntil(590, TICK + 1)] });
    expect(gapSeconds(played)).toEqual([]);
  });

  it('of the schedule does not end by storing an old token that an earlier request got', async () => {
    const played = await play({ ...calm, faults: [unwritableUntil(0, TICK + 70)] });
    expect(gapSeconds(played)).toEqual([]);
  });

  it('goes on until the next tick has come, however late that is', async () => {
    const ticks = [0, TICK, 2 * TICK + 60];
    const outage = during({ kind: 'api-refuses' }, TICK - 1, TICK + 2);
    const [gap = 0] = gapSeconds(await play({ ...calm, ticks, faults: [outage] }));
    expect(gap).toBeLessThan(2 * TICK + 1 - LIFETIME + 35);
  });

  it('does not outlive the interval by more than five minutes because the token API says to wait', async () => {
    const answer = { status: 503, headers: { 'retry-after': '86400' }, body: '' };
    const outage = during({ kind: 'api-answers', answer }, 999, 2000);
    expect(
      endlessRequests(await play({ ...calm, moments: [requests(1000, 1, {})], faults: [outage] })),
    ).toEqual([]);
  });

  it('nor by the longer pauses after a 403', async () => {
    const answer = { status: 403, headers: {}, body: '' };
    const faults = [during({ kind: 'api-answers', answer }, TICK - 1, 3 * TICK)];
    const played = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => play({ ...calm, seed, faults }));
    expect((await Promise.all(played)).flatMap(endlessRequests)).toEqual([]);
  });

  it('nor when it waits because a refusal could not be recorded', async () => {
    const moments: Moment[] = [
      { kind: 'new-password', at: 600 },
      { kind: 'revoke', at: 601 },
      requests(1000, 1, {}),
    ];
    const faults = [during({ kind: 'api-refuses' }, 999, 800), unwritableUntil(1790, 1900)];
    expect(endlessRequests(await play({ ...calm, moments, faults }))).toEqual([]);
  });
});
