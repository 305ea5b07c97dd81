import { Duration } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { MINUTE, SECOND } from '../../contract/times.ts';
import { seededRandom } from '../../simulate/random.ts';
import { movedClock, startMovedRefresher, type Trouble } from './moved-refresher.ts';
import { CLIENT_ID, NOW_HEADER, REVOKED_PATH } from './programs/contract.ts';
import { oidcProvider, RIGHT_PASSWORD, startTokenServer, type TokenServer } from './token-servers.ts';

/* The server takes a refresh token that comes twice for stolen, and revokes all that was granted with it. */

const ACCOUNT = 'machine';
const TICKS = 400;
const INTERVAL = 25 * MINUTE;

const TROUBLES: readonly (Trouble['next'] | undefined)[] = [
  'dies before the call',
  'dies after the answer',
  'dies before the write',
  'loses the answer',
  ...Array<undefined>(4).fill(undefined),
];

const clock = movedClock();
let server: TokenServer;
beforeAll(async () => {
  server = await startTokenServer(oidcProvider, { accounts: [ACCOUNT], now: clock.now });
});
afterAll(() => server?.close());

const ask = async (path: string, body?: URLSearchParams) => {
  const basic = Buffer.from(`${CLIENT_ID.account}:${RIGHT_PASSWORD.replaceAll(' ', '%20')}`).toString(
    'base64',
  );
  const headers = { authorization: `Basic ${basic}`, [NOW_HEADER]: String(clock.now()) };
  const answer = await fetch(server.url + path, { headers, ...(body && { method: 'POST', body }) });
  return (await answer.json()) as Readonly<Record<string, unknown>>;
};

const revokedGrants = async () => Number((await ask(REVOKED_PATH)).revoked);

/** What the server thinks of the token that consumers read. */
const isAlive = async (token: string | undefined) =>
  (await ask('/token/introspection', new URLSearchParams({ token: token ?? '' }))).active === true;

/** Plays the ticks, each with its trouble; answers what came of them. */
async function play(reuse: 'allowed' | 'revokes') {
  const random = seededRandom(7);
  const before = await revokedGrants();
  const api = { ...oidcProvider.api(server.url), reuse };
  const refresher = await startMovedRefresher({ api, interval: Duration.millis(INTERVAL) }, clock);
  onTestFinished(refresher.close);
  refresher.storeCredentials(oidcProvider.credentials(ACCOUNT, RIGHT_PASSWORD));
  await refresher.pass(MINUTE);
  const troubles: Trouble['next'][] = [];
  let deadAfterAttempt = 0;
  let deadAfterNext = 0;
  for (let tick = 0; tick < TICKS; tick++) {
    const trouble = TROUBLES[Math.floor(random() * TROUBLES.length)];
    if (trouble !== undefined) refresher.trouble.next = trouble;
    // So that the tick's first attempt is over, and no other.
    await refresher.pass(tick === 0 ? INTERVAL - MINUTE + 2 * SECOND : INTERVAL - 3 * MINUTE);
    if (trouble !== undefined && refresher.trouble.next === undefined) troubles.push(trouble);
    if (!(await isAlive(refresher.accessToken()))) deadAfterAttempt++;
    await refresher.pass(3 * MINUTE);
    if (!(await isAlive(refresher.accessToken()))) deadAfterNext++;
  }
  const count = (call: 'login' | 'refresh') => refresher.calls.filter((sent) => sent.call === call).length;
  return {
    revoked: (await revokedGrants()) - before,
    troubles: troubles.length,
    deadAfterAttempt,
    deadAfterNext,
    logins: count('login'),
    refreshes: count('refresh'),
  };
}

it(`in ${TICKS} ticks with crashes and lost answers no refresh token comes twice`, async () => {
  const played = await play('revokes');
  console.log(JSON.stringify(played));
  expect(played.troubles).toBeGreaterThan(TICKS / 4);
  expect(played).toMatchObject({ revoked: 0, deadAfterAttempt: 0, deadAfterNext: 0 });
  // It is renewed by refresh token where nothing went wrong.
  expect(played.refreshes).toBeGreaterThan(TICKS / 2);
});

it('where the settings do not say so, they do come twice, and the server revokes', async () => {
  const played = await play('allowed');
  console.log(JSON.stringify(played));
  expect(played.revoked).toBeGreaterThan(TICKS / 10);
});
