import { createServer, type RequestListener, type Server } from 'node:http';
import { NOW_HEADER } from './contract.ts';
import { moveDate } from './moved-date.ts';
import { accounts, isReady, listen, password, requirePackage } from './serve.ts';

/* Node-RED, embedded as its documentation shows. Its clock shows what the latest request said. */

interface NodeRed {
  readonly httpAdmin: RequestListener;
  init(server: Server, settings: object): void;
  start(): Promise<void>;
}

const red: NodeRed = requirePackage('node-red');
const { hashSync } = requirePackage('bcryptjs');

const server = createServer((request, response) => {
  moveDate(request.headers[NOW_HEADER]);
  response.setHeader('date', new Date().toUTCString());
  red.httpAdmin(request, response);
});
const hashed = hashSync(password, 4);
red.init(server, {
  userDir: process.cwd(),
  adminAuth: {
    type: 'credentials',
    users: accounts.map((username) => ({ username, password: hashed, permissions: '*' })),
    sessionExpiryTime: 1800,
  },
  disableEditor: true,
  httpNodeRoot: false,
  externalModules: { palette: { allowInstall: false } },
  telemetry: { enabled: false },
});
await red.start();
isReady(await listen(server));
