import { setTimeout as sleep } from 'node:timers/promises';
import { Duration } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import type { TokenApi } from '../../lib/settings/token-api/props.ts';
import { type MovedRefresher, movedClock, startMovedRefresher } from './moved-refresher.ts';
import { type Kind, RIGHT_PASSWORD, startTokenServer, type TokenServer } from './token-servers.ts';

const ACCOUNT = 'machine';
const EVERY = { interval: Duration.minutes(25), accessTokenLifetime: Duration.minutes(30) };

/** How often wrong credentials are shown in three hours: an account may be locked. */
const WRONG_LOGINS = { account: 2, client: 3 };

/** A way to get tokens of a server, and what its secret holds. */
export interface Way {
  readonly way: string;
  readonly api: (url: string) => TokenApi;
  readonly right: Readonly<Record<string, string>>;
  readonly wrong: Readonly<Record<string, string>>;
  readonly renewedBy: 'login' | 'refresh';
}

export const ofAccount = (kind: Kind, renewedBy: Way['renewedBy']): Way => ({
  way: 'an account',
  api: kind.api,
  right: kind.credentials(ACCOUNT, RIGHT_PASSWORD),
  wrong: kind.credentials(ACCOUNT, 'stored by mistake'),
  renewedBy,
});

/** What holds for each server: refused credentials are left alone, right ones give tokens, which are renewed. */
export function itGivesTokens(kind: Kind, ways: readonly Way[], env: Readonly<Record<string, string>> = {}) {
  const clock = movedClock();
  let server: TokenServer;

  beforeAll(async () => {
    server = await startTokenServer(kind, { accounts: [ACCOUNT], now: clock.now, env });
  });
  afterAll(() => server?.close());

  it.each(ways)('to $way', async ({ api, right, wrong, renewedBy }) => {
    const description = api(server.url);
    const refresher = await startMovedRefresher({ api: description, ...EVERY }, clock);
    onTestFinished(refresher.close);
    const statuses = () => refresher.calls.splice(0).map(({ call, status }) => `${call} ${status}`);

    refresher.storeCredentials(wrong);
    await refresher.pass(30 * SECOND);
    expect(statuses()).toEqual([expect.stringMatching(/^login 4\d\d$/)]);
    await refresher.pass(3 * HOUR, [{ everyMs: 7 * MINUTE, act: refresher.consumerAsks }]);
    expect(statuses()).toHaveLength(WRONG_LOGINS[description.as ?? 'account'] - 1);
    expect(refresher.accessToken()).toBeUndefined();

    refresher.storeCredentials(right);
    await refresher.pass(MINUTE);
    expect(statuses()).toEqual(['login 200']);
    const first = refresher.accessToken();
    expect(first).toMatch(/^\S{10,}$/);

    if (kind.repeatsTokenForMs !== undefined) await sleep(kind.repeatsTokenForMs);
    await refresher.pass(25 * MINUTE);
    expect(new Set(statuses())).toEqual(new Set([`${renewedBy} 200`]));
    expect(refresher.accessToken()).not.toBe(first);
    expectNothingSecret(refresher, [...Object.values(right), ...Object.values(wrong), first ?? '']);
  });
}

/** Names and ids are none. */
function expectNothingSecret(refresher: MovedRefresher, values: readonly string[]): void {
  const emitted = refresher.emitted();
  const secrets = values.filter((value) => value !== ACCOUNT && !value.startsWith('by') && value.length > 15);
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets.flatMap((value) => value.split('\n').filter((line) => line.length > 15)))
    expect(emitted).not.toContain(secret);
}
