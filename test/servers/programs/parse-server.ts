import { createServer } from 'node:http';
import { PARSE_APP_ID } from './contract.ts';
import { accounts, isReady, listen, password, requirePackage } from './serve.ts';

/*
 * Parse Server on a PostgreSQL that runs in this process. The third wrong password since a right one locks an account, however
 * long ago the others were.
 */

const { PGlite } = requirePackage('@electric-sql/pglite');
const { PGLiteSocketServer } = requirePackage('@electric-sql/pglite-socket');
const { ParseServer } = requirePackage('parse-server');

const appId = PARSE_APP_ID;
const host = '127.0.0.1';
const database = new PGLiteSocketServer({ db: await PGlite.create(), host, port: 0, maxConnections: 10 });
await database.start();
const parse = new ParseServer({
  databaseURI: `postgres://postgres@${database.getServerConn()}/postgres`,
  appId,
  masterKey: 'of nobody',
  serverURL: `http://${host}/parse`,
  accountLockout: { threshold: 3, duration: 99_999 },
  logLevel: 'error',
});
await parse.start();

const port = await listen(createServer(parse.app));
for (const username of accounts) {
  const headers = { 'x-parse-application-id': appId, 'content-type': 'application/json' };
  const body = JSON.stringify({ username, password });
  const { status } = await fetch(`http://${host}:${port}/users`, { method: 'POST', headers, body });
  if (status !== 201) throw new Error(`the account ${username} was not created: ${status}`);
}
isReady(port);
