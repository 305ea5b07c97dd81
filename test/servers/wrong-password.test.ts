import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR, MINUTE } from '../../contract/times.ts';
import { startAdapter } from './adapter.ts';
import { movedClock, startMovedRefresher } from './moved-refresher.ts';
import {
  parseServer,
  RIGHT_PASSWORD,
  simplejwt,
  startTokenServer,
  type TokenServer,
} from './token-servers.ts';

/* Both servers lock an account at the third wrong password, for good, however much time lies between them. */

const WRONG_PASSWORD = 'stored by mistake';

describe.each([
  { kind: simplejwt, refusal: 401 },
  { kind: parseServer, refusal: 404 },
])('$kind.name: in 24 hours, a wrong password locks no account', ({ kind, refusal }) => {
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
    const adapter = await startAdapter(server, clock.now);
    onTestFinished(adapter.close);
    const refresher = await startMovedRefresher(adapter.baseUrl, clock);
    onTestFinished(refresher.close);
    const opensTo = async (password: string) => (await server.login(username, password)).ok;

    for (const password of before) {
      refresher.storeCredentials({ username, password });
      await refresher.pass(HOUR);
      expect(refresher.accessToken()).toBeDefined();
    }
    const callsBefore = adapter.calls.length;
    refresher.storeCredentials({ username, password: WRONG_PASSWORD });
    await refresher.pass(24 * HOUR, [{ everyMs: 7 * MINUTE, act: refresher.consumerAsks }]);

    const calls = adapter.calls.slice(callsBefore);
    const [logins, refreshes] = (['login', 'refresh'] as const).map((kind) =>
      calls.filter(({ call }) => call === kind),
    );
    console.log(`${refresher.runs.length} runs, ${logins?.length} logins, ${refreshes?.length} refreshes`);
    expect(logins?.map(({ status }) => status)).toEqual([refusal, refusal]);
    expect(await opensTo(RIGHT_PASSWORD)).toBe(true);
    const gaps = refreshes?.map(({ at }, i, all) => (at - (all[i - 1]?.at ?? at)) / 1000) ?? [];
    console.log(Math.max(...gaps), refreshes?.filter((r) => r.status !== 200).length);

    for (let login = 0; login < 3; login++) expect(await opensTo(WRONG_PASSWORD)).toBe(false);
    expect(await opensTo(RIGHT_PASSWORD)).toBe(false);
    expect(refresher.emitted()).not.toContain(WRONG_PASSWORD);
  });
});
