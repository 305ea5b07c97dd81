import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MINUTE, SECOND } from '../../contract/times.ts';
import { movedClock, startMovedRefresher } from './moved-refresher.ts';
import { nodeRed, RIGHT_PASSWORD, startTokenServer, type TokenServer } from './token-servers.ts';

/* Node-RED locks an account for as long as it is knocked at, whoever knocks: ten minutes of quiet end that. */

const clock = movedClock();
let server: TokenServer;

beforeAll(async () => {
  server = await startTokenServer(nodeRed, { accounts: ['burst', 'siege', 'plain'], now: clock.now });
});
afterAll(() => server?.close());

const statusOf = async (username: string, password: string) =>
  (await server.login(username, password)).status;

async function lock(username: string): Promise<void> {
  const statuses: number[] = [];
  while (statuses.at(-1) !== 500 && statuses.length < 10) statuses.push(await statusOf(username, 'wrong'));
  expect(statuses).toEqual([403, 403, 403, 403, 403, 500]);
}

describe('an account that somebody else locked opens to the right password of the refresher', () => {
  it.each([
    { username: 'burst', after: 'a burst of wrong passwords', knocksFor: 0, healsIn: 15 * MINUTE },
    {
      username: 'siege',
      after: 'wrong passwords for 15 minutes',
      knocksFor: 15 * MINUTE,
      healsIn: 25 * MINUTE,
    },
  ])('after $after', async ({ username, knocksFor, healsIn }) => {
    const refresher = await startMovedRefresher({ api: nodeRed.api(server.url) }, clock);
    onTestFinished(refresher.close);
    refresher.storeCredentials(nodeRed.credentials(username, RIGHT_PASSWORD));
    await refresher.pass(24 * MINUTE);
    expect(refresher.calls.map(({ status }) => status)).toEqual([200]);

    await lock(username);
    const consumers = { everyMs: 3 * MINUTE, act: refresher.consumerAsks };
    const knocks = { everyMs: 2 * MINUTE, act: () => statusOf(username, 'wrong') };
    await refresher.pass(knocksFor, [consumers, knocks]);
    await refresher.pass(healsIn - knocksFor, [consumers]);

    const logins = refresher.calls.slice(1);
    const tries = logins.slice(0, logins.findIndex(({ status }) => status === 200) + 1);
    const pauses = tries.slice(1).map(({ at }, index) => (at - (tries[index]?.at ?? 0)) / SECOND);
    console.log(
      `${tries.map(({ status }) => status).join(' ')}, with pauses of ${pauses.map(Math.round).join(', ')} s`,
    );
    expect(refresher.tokenVersion()).toBeGreaterThan(1);
    expect(tries.slice(0, -1).every(({ status }) => status === 500)).toBe(true);
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect(tries.length).toBeLessThanOrEqual(8);
    expect(refresher.emitted()).not.toContain(RIGHT_PASSWORD);
  });
});

it('a plain loop that logs in every 20 s keeps an account locked, which ten quiet minutes open', async () => {
  await lock('plain');
  const statuses = new Set<number>();
  for (let login = 0; login < 180; login++) {
    clock.moveTo(clock.now() + 20 * SECOND);
    statuses.add(await statusOf('plain', RIGHT_PASSWORD));
  }
  expect([...statuses]).toEqual([500]);
  clock.moveTo(clock.now() + 10 * MINUTE);
  expect(await statusOf('plain', RIGHT_PASSWORD)).toBe(200);
});
