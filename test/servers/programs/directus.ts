import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire, registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NOW_HEADER } from './contract.ts';
import { moveDate } from './moved-date.ts';
import { accounts, isReady, listen, password, requirePackage } from './serve.ts';

/*
 * Directus on a PostgreSQL that runs in this process. Access tokens live for 15 minutes, and refresh tokens are used once. The
 * one account is its administrator.
 */

// It would have to be built, and runs scripts that others wrote.
writeFileSync('nothing.cjs', '');
const nothing = pathToFileURL(resolve('nothing.cjs')).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'isolated-vm' ? { url: nothing, shortCircuit: true } : next(specifier, context),
});

const { PGlite } = requirePackage('@electric-sql/pglite');
const { PGLiteSocketServer } = requirePackage('@electric-sql/pglite-socket');
const host = '127.0.0.1';
const database = new PGLiteSocketServer({ db: await PGlite.create(), host, port: 0, maxConnections: 20 });
await database.start();

Object.assign(process.env, {
  DB_CLIENT: 'pg',
  DB_CONNECTION_STRING: `postgres://postgres@${database.getServerConn()}/postgres`,
  SECRET: `${crypto.randomUUID()}${crypto.randomUUID()}`,
  ADMIN_EMAIL: `${accounts[0]}@example.com`,
  ADMIN_PASSWORD: password,
  LOG_LEVEL: 'error',
  SERVE_APP: 'false',
  TELEMETRY: 'false',
});

// What its commands `bootstrap` and `start` do, without their ends of the process.
const { resolve: resolveOfDirectus } = createRequire(requirePackage.resolve('directus/version'));
// biome-ignore lint/suspicious/noExplicitAny: the package has no types
const load = (name: string): Promise<any> =>
  import(pathToFileURL(resolveOfDirectus(`@directus/api/${name}`)).href);
const { default: getDatabase } = await load('database/index');
const { default: seed } = await load('database/seeds/run');
const { default: migrate } = await load('database/migrations/run');
const { getSchema } = await load('utils/get-schema');
const { createAdmin } = await load('utils/create-admin');
const { createApp } = await load('index');
await seed(getDatabase());
await migrate(getDatabase(), 'latest');
await createAdmin(await getSchema());
const app = await createApp();

const server = createServer((request, response) => {
  moveDate(request.headers[NOW_HEADER]);
  app(request, response);
});
isReady(await listen(server));
