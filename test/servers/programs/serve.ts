import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PROGRAM_ENV } from './contract.ts';

const given = (name: string): string => process.env[name] ?? '';

export const accounts: readonly string[] = JSON.parse(given(PROGRAM_ENV.accounts));
export const password = given(PROGRAM_ENV.password);

/** Loads CommonJS packages from where they were installed. */
export const requirePackage = createRequire(join(given(PROGRAM_ENV.packages), 'package.json'));

/** Makes a server that ends when standard input does, as it does when the test ends in whatever way. */
export function serverFor(listener: RequestListener): Server {
  process.stdin.resume().on('end', () => process.exit());
  return createServer(listener);
}

/** Lets it listen on a free port of the loopback interface. */
export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Tells the test that requests are answered. */
export const isReady = (port: number): void => console.log(`listening on ${port}`);
