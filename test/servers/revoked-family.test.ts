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

const TROUBLES: readonly Trouble[] = [
  'dies before the call',
  'dies after the answer',
  'dies before the token is written',
  'dies before the session is written',
  'dies after the writes',
  'loses the answer',
  'waits too long',
];
/** How much goes wrong in a tick, each as often as the others. */
const TROUBLES_IN_A_TICK = [0, 0, 0, 1, 2, 3];

const clock = movedClock();
let server: TokenServer;
beforeAll(async () => {
  server = await startTokenServer(oidcProvider, { accounts: [ACCOUNT], now: clock.now });
});
afterAll(() => server?.close());

const post = (path: string, form: Readonly<Record<string, string>>): Promise<Response> => {
  const id = encodeURIComponent(CLIENT_ID.account);
  const basic = Buffer.from(`${id}:${encodeURIComponent(RIGHT_PASSWORD)}`).toString('base64');
  const headers = { authorization: `Basic ${basic}`, [NOW_HEADER]: String(clock.now()) };
  return fetch(server.url + path, { headers, method: 'POST', body: new URLSearchParams(form) });
};
const json = async (answer: Promise<Response>) =>
  (await (await answer).json()) as Readonly<Record<string, unknown>>;

const revokedGrants = async () => Number((await json(post(REVOKED_PATH, {}))).revoked);

/** What the server thinks of the token that consumers read. */
const isAlive = async (token = '') => (await json(post('/token/introspection', { token }))).active === true;

/** Ends this access token alone. */
const end = (token = '') => post('/token/revocation', { token });

/** Plays the ticks, each with its troubles; answers what came of them. */
async function play(reuse: 'allowed' | 'revokes') {
  const random = seededRandom(1);
  const any = <Of>(these: readonly Of[]): Of => these[Math.floor(random() * these.length)] as Of;
  const before = await revokedGrants();
  const api = { ...oidcProvider.api(server.url), reuse };
  const start = clock.now();
  const refresher = await startMovedRefresher({ api, interval: Duration.millis(INTERVAL) }, clock);
  onTestFinished(refresher.close);
  refresher.storeCredentials(oidcProvider.credentials(ACCOUNT, RIGHT_PASSWORD));
  const counts = { planned: 0, dead: 0, ended: 0, deadAfterAttempt: 0 };
  for (let tick = 0; tick < TICKS; tick++) {
    const until = (time: number) => refresher.pass(start + tick * INTERVAL + time - clock.now());
    await until(2 * SECOND);
    if (!(await isAlive(refresher.accessToken()))) counts.dead++;
    await until(20 * MINUTE);
    if (!(await isAlive(refresher.accessToken()))) counts.dead++;
    if (refresher.troubles.length > 0) continue;
    if (random() < 1 / 8) {
      counts.ended++;
      await end(refresher.accessToken());
      refresher.consumerAsks();
      await until(20 * MINUTE + 2 * SECOND);
      if (!(await isAlive(refresher.accessToken()))) counts.deadAfterAttempt++;
    }
    const troubles = Array.from({ length: any(TROUBLES_IN_A_TICK) }, () => any(TROUBLES));
    counts.planned += refresher.troubles.push(...troubles);
  }
  const count = (call: 'login' | 'refresh') => refresher.calls.filter((sent) => sent.call === call).length;
  return {
    ...counts,
    revoked: (await revokedGrants()) - before,
    met: counts.planned - refresher.troubles.length,
    logins: count('login'),
    refreshes: count('refresh'),
  };
}

it(`in ${TICKS} ticks with crashes and lost answers no refresh token comes twice`, async () => {
  const played = await play('revokes');
  console.log(JSON.stringify(played));
  expect(played.met).toBeGreaterThan(TICKS / 2);
  expect(played.ended).toBeGreaterThan(TICKS / 20);
  expect(played).toMatchObject({ revoked: 0, dead: 0, deadAfterAttempt: 0 });
  // It is renewed by refresh token where nothing went wrong.
  expect(played.refreshes).toBeGreaterThan(TICKS / 2);
});

it('where the settings do not say so, they do come twice, and the server revokes', async () => {
  const played = await play('allowed');
  console.log(JSON.stringify(played));
  expect(played.revoked).toBeGreaterThan(TICKS / 10);
});
