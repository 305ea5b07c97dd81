import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENT_ID, KEYCLOAK_REALM, PROGRAM_ENV } from './contract.ts';
import { accounts, isReady, password } from './serve.ts';

/* Keycloak as its distribution starts it for development, with a realm of ours: refresh tokens are used once. */

// It writes into its own folder.
const home = join(process.cwd(), 'keycloak');
cpSync(process.env[PROGRAM_ENV.packages] ?? '', home, { recursive: true });
const port = await freePort();
const imported = join(home, 'data', 'import');
mkdirSync(imported, { recursive: true });
const client = { enabled: true, secret: password, protocol: 'openid-connect', standardFlowEnabled: false };
writeFileSync(
  join(imported, 'realm.json'),
  JSON.stringify({
    realm: KEYCLOAK_REALM,
    enabled: true,
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    clients: [
      { ...client, clientId: CLIENT_ID.basic, serviceAccountsEnabled: true },
      { ...client, clientId: CLIENT_ID.account, directAccessGrantsEnabled: true },
    ],
    users: accounts.map((username) => ({
      username,
      enabled: true,
      email: `${username}@example.com`,
      emailVerified: true,
      firstName: 'A',
      lastName: 'Machine',
      credentials: [{ type: 'password', value: password, temporary: false }],
    })),
  }),
);
const flags = [
  'start-dev',
  '--import-realm',
  `--http-port=${port}`,
  '--http-host=127.0.0.1',
  '--cache=local',
];
const keycloak: ChildProcess = spawn(join(home, 'bin', 'kc.sh'), flags, {
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.on('exit', () => keycloak.kill('SIGKILL'));
keycloak.on('exit', (code) => process.exit(code ?? 1));

const realm = `http://127.0.0.1:${port}/realms/${KEYCLOAK_REALM}`;
for (;;) {
  const answer = await fetch(realm).catch(() => undefined);
  if (answer?.ok) break;
  await sleep(500);
}
isReady(port);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
