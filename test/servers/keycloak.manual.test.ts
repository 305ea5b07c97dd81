import { Duration } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import type { TokenApi } from '../../lib/settings/token-api/props.ts';
import { keycloak as keycloakApi } from '../../lib/token-apis/catalogue/index.ts';
import { keycloak } from './keycloak.ts';
import { movedClock, startMovedRefresher } from './moved-refresher.ts';
import { CLIENT_ID, KEYCLOAK_REALM } from './programs/contract.ts';
import { RIGHT_PASSWORD, startTokenServer, type TokenServer } from './token-servers.ts';

/* Not in CI: it downloads 160 MB from Maven Central, and needs Java. `npm run test:keycloak` */

const ACCOUNT = 'machine';
const clock = movedClock();
let server: TokenServer;
beforeAll(async () => {
  server = await startTokenServer(keycloak, { accounts: [ACCOUNT] });
});
afterAll(() => server?.close());

const start = async (api: TokenApi) => {
  const refresher = await startMovedRefresher({ api, interval: Duration.minutes(2) }, clock);
  onTestFinished(refresher.close);
  const statuses = () => refresher.calls.splice(0).map(({ call, status }) => `${call} ${status}`);
  return { refresher, statuses };
};

it('a client gets tokens', async () => {
  const { refresher, statuses } = await start(keycloakApi({ url: server.url, realm: KEYCLOAK_REALM }));
  refresher.storeCredentials({ client_id: CLIENT_ID.basic, client_secret: 'wrong' });
  await refresher.pass(MINUTE / 2);
  expect(statuses()).toEqual(['login 401']);
  refresher.storeCredentials({ client_id: CLIENT_ID.basic, client_secret: RIGHT_PASSWORD });
  await refresher.pass(5 * MINUTE);
  expect(new Set(statuses())).toEqual(new Set(['login 200']));
  expect(refresher.tokenVersion()).toBeGreaterThan(1);
});

it('an account gets tokens by refresh token, and by login after an answer that was lost', async () => {
  const { refresher, statuses } = await start(keycloak.api(server.url));
  refresher.storeCredentials(keycloak.credentials(ACCOUNT, RIGHT_PASSWORD));
  await refresher.pass(2 * MINUTE + 2_000);
  expect(statuses()).toEqual(['login 200', 'refresh 200']);
  refresher.trouble.next = 'loses the answer';
  await refresher.pass(2 * MINUTE);
  expect(statuses()).toEqual(['refresh 200', 'login 200']);
  refresher.trouble.next = 'dies after the answer';
  await refresher.pass(3 * MINUTE + 30_000);
  const after = statuses();
  expect(after[0]).toBe('refresh 200');
  expect(after).toContain('login 200');
  expect(after.filter((call) => !call.endsWith('200'))).toEqual([]);
});
