import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PROGRAM_ENV } from './contract.ts';

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export const accounts: readonly string[] = JSON.parse(given(PROGRAM_ENV.accounts));
export const password = given(PROGRAM_ENV.password);

/** Loads CommonJS packages from where they were installed. */
export const requirePackage = createRequire(join(given(PROGRAM_ENV.packages), 'package.json'));

// Whoever started this was killed.
process.stdin.resume().on('end', () => {
  rmSync(given(PROGRAM_ENV.folder), { recursive: true, force: true });
  process.exit();
});

/** Lets a server listen on a free port of the loopback interface. */
export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Tells the test that requests are answered. */
export const isReady = (port: number): void => console.log(`listening on ${port}`);
