import { createServer } from 'node:http';
import { NOW_HEADER } from './contract.ts';
import { moveDate } from './moved-date.ts';
import { accounts, isReady, listen, password, requirePackage } from './serve.ts';

/* json-server with json-server-auth, as its documentation shows. */

const jsonServer = requirePackage('json-server');
const app = jsonServer.create();
const router = jsonServer.router({ users: [] });
app.db = router.db;
app.use(requirePackage('json-server-auth'));
app.use(router);

const port = await listen(
  createServer((request, response) => {
    moveDate(request.headers[NOW_HEADER]);
    app(request, response);
  }),
);
for (const account of accounts) {
  const body = JSON.stringify({ email: `${account}@example.com`, password });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`http://127.0.0.1:${port}/register`, { method: 'POST', headers, body });
  if (status !== 201) throw new Error(`the account ${account} was not created: ${status}`);
}
isReady(port);
