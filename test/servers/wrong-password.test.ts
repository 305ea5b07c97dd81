import { Duration } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR, MINUTE } from '../../contract/times.ts';
import { movedClock, type SentCall, startMovedRefresher } from './moved-refresher.ts';
import {
  parseServer,
  RIGHT_PASSWORD,
  simplejwt,
  startTokenServer,
  type TokenServer,
} from './token-servers.ts';

/* Both servers lock an account at the third wrong password, however much time lies between them. */

const WRONG_PASSWORD = 'stored by mistake';

describe.each([
  { kind: simplejwt, refusal: 401 },
  { kind: parseServer, refusal: 404 },
])('$kind.name: in 24 hours no account is locked by a wrong password', ({ kind, refusal }) => {
  const clock = movedClock();
  let server: TokenServer;

  beforeAll(async () => {
    server = await startTokenServer(kind, { accounts: ['first', 'later'] });
  });
  afterAll(() => server?.close());

  it.each([
    { username: 'first', stored: 'as the first one', before: [] },
    { username: 'later', stored: 'in place of the right one', before: [RIGHT_PASSWORD] },
  ])('that is stored $stored', async ({ username, before }) => {
    const refresher = await startMovedRefresher(
      {
        api: kind.api(server.url),
        interval: Duration.minutes(25),
        accessTokenLifetime: Duration.minutes(30),
      },
      clock,
    );
    onTestFinished(refresher.close);
    const opensTo = async (password: string) => (await server.login(username, password)).ok;
    const callsOf = (call: SentCall['call']) => refresher.calls.filter((sent) => sent.call === call);

    for (const password of before) {
      refresher.storeCredentials(kind.credentials(username, password));
      await refresher.pass(HOUR);
      expect(refresher.tokenVersion()).toBeGreaterThan(0);
    }
    const loginsBefore = callsOf('login').length;
    refresher.storeCredentials(kind.credentials(username, WRONG_PASSWORD));
    await refresher.pass(24 * HOUR, [{ everyMs: 7 * MINUTE, act: refresher.consumerAsks }]);

    const logins = callsOf('login').slice(loginsBefore);
    const refreshes = callsOf('refresh');
    console.log(`${logins.length} logins and ${refreshes.length} refreshes in ${refresher.runs.length} runs`);
    expect(logins.map(({ status }) => status)).toEqual([refusal, refusal]);
    expect(await opensTo(RIGHT_PASSWORD)).toBe(true);
    // A live refresh token goes on, so that no access token dies meanwhile.
    const pauses = refreshes.slice(1).map(({ at }, index) => at - (refreshes[index]?.at ?? 0));
    expect(Math.max(0, ...pauses)).toBeLessThan(5 * MINUTE);

    const versionBefore = refresher.tokenVersion();
    refresher.storeCredentials(kind.credentials(username, RIGHT_PASSWORD));
    await refresher.pass(MINUTE);
    expect(callsOf('login').at(-1)?.status).toBe(200);
    expect(refresher.tokenVersion()).toBeGreaterThan(versionBefore);

    for (let login = 0; login < 3; login++) expect(await opensTo(WRONG_PASSWORD)).toBe(false);
    expect(await opensTo(RIGHT_PASSWORD)).toBe(false);
    expect(refresher.emitted()).not.toContain(WRONG_PASSWORD);
  });
});
