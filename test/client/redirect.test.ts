import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { bearerFetch } from '../../client/bearer-fetch.ts';

interface Seen {
  readonly server: string;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** What a server answers to a path: a status, or a status and where to. */
type Answers = Readonly<Record<string, number | readonly [status: number, location: string]>>;

/** Two origins. At a path that ends in `/guarded` the old token is refused. */
async function startServers(answersOf: (elsewhere: string) => Answers) {
  const seen: Seen[] = [];
  const start = async (server: string, answers: () => Answers) => {
    const http = createServer(async (request, response) => {
      const { method, url: path, headers } = request;
      const { authorization, 'content-type': type } = headers;
      seen.push({ server, method, path, authorization, type, body: await text(request) });
      const answer = answers()[path ?? ''] ?? 404;
      const [status, location] = typeof answer === 'number' ? [answer] : answer;
      const isRefused = path?.endsWith('/guarded') && authorization !== 'Bearer new';
      response.writeHead(isRefused ? 401 : status, location === undefined ? {} : { location }).end(path);
    }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    onTestFinished(() => void http.close());
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  };
  const elsewhere = await start('elsewhere', () => ({ '/there': 200, '/refused': 401 }));
  const answers = answersOf(elsewhere);
  return { api: await start('api', () => answers), seen };
}

const getToken = async ({ rejected }: { rejected?: string }) => (rejected === undefined ? 'old' : 'new');
const fetch = bearerFetch({ fetch: globalThis.fetch, getToken });
const order = { method: 'POST', body: '{"item":1}', headers: { 'content-type': 'application/json' } };
const said = (seen: readonly Seen[]) =>
  seen.map(({ method, path, body }) => [method, path, body].join(' ').trim());

it.each([301, 302, 303])(
  'after a %i that made a GET of an order a 401 repeats the GET only',
  async (status) => {
    const { api, seen } = await startServers(() => ({
      '/orders': [status, '/orders/1/guarded'],
      '/orders/1/guarded': 200,
    }));
    for (const make of [
      () => fetch(`${api}/orders`, order),
      () => fetch(new Request(`${api}/orders`, order)),
    ]) {
      seen.length = 0;
      const answer = await make();
      expect(said(seen)).toEqual([
        'POST /orders {"item":1}',
        'GET /orders/1/guarded',
        'GET /orders/1/guarded',
      ]);
      expect(seen.map(({ type }) => type)).toEqual(['application/json', undefined, undefined]);
      expect(answer).toMatchObject({ status: 200, redirected: true, url: `${api}/orders/1/guarded` });
    }
  },
);

it.each([307, 308])(
  'after a %i the order goes to the new address, and once more there after a 401',
  async (status) => {
    const { api, seen } = await startServers(() => ({
      '/orders': [status, '/v2/guarded'],
      '/v2/guarded': 200,
    }));
    for (const make of [
      () => fetch(`${api}/orders`, order),
      () => fetch(new Request(`${api}/orders`, order)),
    ]) {
      seen.length = 0;
      expect((await make()).status).toBe(200);
      const moved = 'POST /v2/guarded {"item":1}';
      expect(said(seen)).toEqual(['POST /orders {"item":1}', moved, moved]);
    }
  },
);

it('a stream cannot follow a 307', async () => {
  const { api } = await startServers(() => ({ '/orders': [307, '/v2'] }));
  const init = { ...order, body: new Blob(['stream']).stream(), duplex: 'half' } as RequestInit;
  const error = await fetch(`${api}/orders`, init).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'BodyNotReplayable', response: { status: 307 } });
});

it('the token does not go to another origin, and a 401 from there is passed on', async () => {
  const { api, seen } = await startServers((elsewhere) => ({ '/orders': [303, `${elsewhere}/refused`] }));
  const answer = await fetch(`${api}/orders`, { ...order, headers: { cookie: 'a=b' } });
  expect(answer.status).toBe(401);
  expect(seen.map(({ server, authorization }) => [server, authorization])).toEqual([
    ['api', 'Bearer old'],
    ['elsewhere', undefined],
  ]);
});

it('a loop ends as it does with fetch', async () => {
  const { api, seen } = await startServers(() => ({ '/loop': [302, '/loop'] }));
  await expect(fetch(`${api}/loop`)).rejects.toThrow(TypeError);
  expect(seen).toHaveLength(21);
});

it.each(['manual', 'error'] as const)('redirect: %s is left to fetch', async (redirect) => {
  const { api, seen } = await startServers(() => ({ '/orders': [302, '/there'] }));
  const call = fetch(`${api}/orders`, { redirect });
  if (redirect === 'manual') expect((await call).status).toBe(302);
  else await expect(call).rejects.toThrow(TypeError);
  expect(seen).toHaveLength(1);
});

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
it.each([301, 302, 303, 307, 308])('a %i is followed as fetch follows it', async (status) => {
  const { api, seen } = await startServers((elsewhere) => ({
    '/away': [status, `${elsewhere}/there`],
    '/near': [status, '../there?a=1#b'],
    '/there?a=1': 200,
    '/nowhere': status,
  }));
  for (const method of METHODS) {
    for (const path of ['/away', '/near', '/nowhere']) {
      const init = { ...order, method, body: method === 'GET' || method === 'HEAD' ? null : order.body };
      const plain = { ...init, headers: { ...init.headers, authorization: 'Bearer old' } };
      const results = [];
      for (const call of [() => globalThis.fetch(api + path, plain), () => fetch(api + path, init)]) {
        seen.length = 0;
        const { status, url, redirected } = await call();
        results.push({ seen: [...seen], status, url: url.replace(/#.*/, ''), redirected });
      }
      expect(results[1]).toEqual(results[0]);
    }
  }
});
