import { describe, expect, it } from 'vitest';
import { SECOND } from '../../contract/times.ts';
import type { Trouble } from '../../simulate/faults.ts';
import { START } from '../../simulate/world.ts';
import { clockTime } from './observations.ts';
import { type Moment, type Played, play, type Script, type TimedFault, TOKEN } from './script.ts';

/* Waiting that blocks nobody: a request that waits for long makes room, and a wake-up comes for it. */

const calm: Script = { seed: 1, hours: 3, latestTick: 0 };
const REVOKED = 600;
const ASKED = 2000;

/** A request of a consumer, or of an operator. */
const asks = (at: number, body: object = {}): Moment => ({
  kind: 'message',
  at,
  groupIds: [TOKEN],
  body: JSON.stringify({ token: TOKEN, requestedBy: 'operator', ...body }),
});

/** Seconds from the sending of a request to its first receive. */
function readAfter({ runs }: Played, at: number): number {
  const run = runs.find(({ message }) => message.sentAt >= START + at * SECOND && message.groupId === TOKEN);
  return run === undefined
    ? Number.POSITIVE_INFINITY
    : (run.message.firstReceivedAt - run.message.sentAt) / SECOND;
}

const answers = (status: number, body = '', headers = {}): Trouble => ({
  kind: 'api-answers',
  answer: { status, headers, body },
});
const atLogin = (trouble: Trouble): TimedFault => ({ trouble, at: REVOKED, lasts: 9_000, only: 'login' });

describe('a request is read within 20 s while the token waits', () => {
  it.each<[string, readonly TimedFault[]]>([
    ['for refused credentials to be due', [atLogin(answers(401))]],
    ['for a login without a verdict', [atLogin(answers(403))]],
    ['for a login that is throttled', [atLogin(answers(429))]],
    ['for a login that is down', [atLogin(answers(503))]],
    ['as long as Retry-After asks', [atLogin(answers(429, '', { 'retry-after': '900' }))]],
    [
      'for a refresh as long as Retry-After asks',
      [{ trouble: answers(429, '', { 'retry-after': '900' }), at: 1400, lasts: 5000 }],
    ],
  ])('%s', async (_, faults) => {
    const isLoginOnly = faults.every(({ only }) => only === 'login');
    const ended: Moment[] = isLoginOnly ? [{ kind: 'revoke', at: REVOKED }] : [];
    const played = await play({
      ...calm,
      faults,
      moments: [...ended, asks(ASKED, { rejectedVersion: 1 }), asks(ASKED + 300, { retryRefused: true })],
    });
    expect(readAfter(played, ASKED)).toBeLessThanOrEqual(20);
    expect(readAfter(played, ASKED + 300)).toBeLessThanOrEqual(20);
  });

  it('for a long pause of a long interval', async () => {
    const played = await play({
      ...calm,
      hours: 14,
      times: {
        intervalSeconds: 43_200,
        accessTokenLifetimeSeconds: 50_000,
        refreshTokenLifetimeSeconds: 604_800,
      },
      faults: [{ trouble: answers(503), at: 43_000, lasts: 3600 }],
      moments: [asks(44_500)],
    });
    expect(readAfter(played, 44_500)).toBeLessThanOrEqual(20);
  });
});

describe('a token that turns out to live 15 minutes, under a schedule of 25,', () => {
  const short = { ...calm, statedLifetimeSeconds: 900 };

  it('is valid for a whole week', async () => {
    const played = await play({ ...short, hours: 7 * 24, latestTick: 60 });
    expect(played.world.host(TOKEN).validity.gaps()).toEqual([]);
    // One at the tick, two in between.
    expect(played.writes.length).toBeLessThan(3.1 * played.ticks.length);
  });

  it.each([
    { tick: 'in the middle of a renewal', statedLifetimeSeconds: 1020, seconds: 0.01 },
    { tick: 'half a minute before a renewal', statedLifetimeSeconds: 120, seconds: -30 },
  ])('is renewed after a tick that comes $tick', async ({ statedLifetimeSeconds, seconds }) => {
    const script: Script = { ...calm, statedLifetimeSeconds };
    const calls = (await play({ ...script, ticks: [0] })).world.host(TOKEN).calls;
    const tick = clockTime(calls.at(-1)?.from ?? 0) + seconds;
    const { world } = await play({ ...script, ticks: [0, tick, 3000, 4500, 6000, 7500, 9000, 10_500] });
    expect(world.host(TOKEN).validity.gaps()).toEqual([]);
  });

  it('is replaced within 20 s for a consumer that meets a 401', async () => {
    const played = await play({
      ...short,
      moments: [{ kind: 'revoke', at: ASKED }, asks(ASKED, { rejectedVersion: 3 })],
    });
    expect(readAfter(played, ASKED)).toBeLessThanOrEqual(20);
  });
});

it('a login alone is back within 2 min 45 s of an outage', async () => {
  const end = 3000;
  for (const lasts of [60, 600, 1200]) {
    const played = await play({
      ...calm,
      loginAlone: true,
      faults: [{ trouble: answers(503), at: end - lasts, lasts }],
      ticks: [0, end - lasts, 1500 * 3],
    });
    const [back] = played.writes.filter(({ at }) => at >= START + end * SECOND);
    expect(clockTime(back?.at ?? 0) - end).toBeLessThanOrEqual(165);
  }
});

it('a tick does not rely on the wake-up of the tick before', async () => {
  const down = (lasts: number) => ({ trouble: answers(503), at: 1500, lasts });
  const script: Script = { ...calm, loginAlone: true };
  const { world } = await play({ ...script, ticks: [0, 1560], faults: [down(5000)] });
  const last = clockTime(world.host(TOKEN).calls.at(-1)?.from ?? 0);
  const end = last + 1;
  const played = await play({ ...script, ticks: [0, 1560, last - 30, 4500], faults: [down(end - 1500)] });
  const [back] = played.writes.filter(({ at }) => at >= START + end * SECOND);
  expect(clockTime(back?.at ?? 0) - end).toBeLessThanOrEqual(165);
});

it('one wake-up stands for all requests that wait', async () => {
  const played = await play({
    ...calm,
    moments: [{ kind: 'revoke', at: REVOKED }, ...[0, 1, 2, 3, 4].map((n) => asks(ASKED + n))],
    faults: [atLogin(answers(403))],
  });
  const wakeUps = played.runs.filter(({ message }) => message.groupId.includes('wake-up'));
  const sent = new Set(wakeUps.map(({ message }) => message.messageId));
  // A login without a verdict waits for 60 s, then for 12 min 30 s each time.
  expect(sent.size).toBeLessThanOrEqual(16);
});

it('a wake-up that could not be sent is sent when its message comes back', async () => {
  const times = {
    intervalSeconds: 43_200,
    accessTokenLifetimeSeconds: 50_000,
    refreshTokenLifetimeSeconds: 604_800,
  };
  const outage: TimedFault = { trouble: answers(503), at: 43_000, lasts: 3_600 };
  for (let at = 43_200; at < 44_200; at += 10) {
    const noQueue: TimedFault = { trouble: { kind: 'queue-changes-fail' }, at, lasts: 20 };
    const played = await play({ ...calm, hours: 15, times, faults: [outage, noQueue] });
    expect(played.world.host(TOKEN).validity.gaps(), `from ${at} s on`).toEqual([]);
  }
});

describe('a refresh token is shown once a minute at the most, however many ask,', () => {
  const from = 1400;
  const lasts = 1500;
  async function refreshesDuring(trouble: Trouble): Promise<number> {
    const many = Array.from({ length: 200 }, (_, n) => asks(1600 + 5 * n, { rejectedVersion: 1, n }));
    const { world } = await play({ ...calm, moments: many, faults: [{ trouble, at: from, lasts }] });
    return world
      .host(TOKEN)
      .calls.filter(({ kind }) => kind === 'refresh')
      .filter(({ from: at }) => clockTime(at) >= from && clockTime(at) <= from + lasts).length;
  }

  it.each<[string, Trouble]>([
    ['while it is forbidden', answers(403)],
    ['while the client is refused', answers(401, '{"error":"invalid_client"}')],
    ['while there is nothing at its address', answers(404)],
    ['while the account is locked', answers(423)],
  ])('%s', async (_, trouble) => {
    const refreshes = await refreshesDuring(trouble);
    expect(refreshes).toBeGreaterThan(0);
    // The first repeat, within seconds, is one more.
    expect(refreshes).toBeLessThanOrEqual(lasts / 60 + 2);
  });

  it('and not before the time that Retry-After asks for', async () => {
    expect(await refreshesDuring(answers(429, '', { 'retry-after': '900' }))).toBeLessThanOrEqual(2);
    expect(await refreshesDuring(answers(403, '', { 'retry-after': '900' }))).toBeLessThanOrEqual(2);
  });
});
