import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../local/processes.ts';
import { PROGRAM_ENV } from './contract.ts';
import { accounts, isReady, password } from './serve.ts';

/* PocketBase as its own main program starts it. The accounts are superusers. */

const pocketBase = join(process.env[PROGRAM_ENV.packages] ?? '', 'base');
const dir = ['--dir', 'data'];
for (const account of accounts) {
  execFileSync(pocketBase, ['superuser', 'upsert', `${account}@example.com`, password, ...dir]);
}
const port = await freePort();
const server = spawn(pocketBase, ['serve', '--http', `127.0.0.1:${port}`, ...dir], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.on('exit', () => server.kill('SIGKILL'));
server.on('exit', (code) => process.exit(code ?? 1));

while (!(await isHealthy())) await sleep(50);
isReady(port);

async function isHealthy(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => undefined);
  return answer?.ok === true;
}
