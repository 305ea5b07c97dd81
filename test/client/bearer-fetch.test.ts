import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bearerFetch, type Fetch } from '../../client/bearer-fetch.ts';
import { TokenError } from '../../client/errors.ts';

const URL_ = 'https://api.example.com/orders';

interface Sent {
  readonly authorization: string | null;
  readonly body: string;
}

/** An API that accepts one token, a client that knows an old one and its successor. */
function setUp({ accepts = 'new', status = 200 }: { accepts?: string; status?: number } = {}) {
  const sent: Sent[] = [];
  const rejected: (string | undefined)[] = [];
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, { ...init, duplex: 'half' } as RequestInit);
    const authorization = request.headers.get('authorization');
    sent.push({ authorization, body: await request.text() });
    return authorization === `Bearer ${accepts}`
      ? new Response('ok', { status })
      : new Response('no', { status: 401 });
  };
  const getToken = async (options: { rejected?: string }) => {
    rejected.push(options.rejected);
    return options.rejected === undefined ? 'old' : 'new';
  };
  return { sent, rejected, fetch: bearerFetch({ fetch, getToken }), getToken };
}

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the header', () => {
  it('is added to those of the caller, and replaces an older one', async () => {
    let headers = new Headers();
    const fetch = bearerFetch({
      fetch: async (_, init) => {
        headers = new Headers(init?.headers);
        return new Response();
      },
      getToken: async () => 'the-token',
    });
    await fetch(URL_, { headers: { 'x-id': '1', Authorization: 'Basic abc' } });
    expect(Object.fromEntries(headers)).toEqual({ 'x-id': '1', authorization: 'Bearer the-token' });
    await fetch(new Request(URL_, { headers: { 'x-id': '2' } }));
    expect(Object.fromEntries(headers)).toEqual({ 'x-id': '2', authorization: 'Bearer the-token' });
  });
});

describe('a header of another name', () => {
  const header = { name: 'X-Api-Token', scheme: '' };

  /** Answers 401 to the old token, and sends the new one elsewhere. */
  async function startServers() {
    const seen: Record<string, (string | undefined)[]> = { api: [], elsewhere: [] };
    const start = async (name: string, listener: RequestListener) => {
      const server = createServer((request, response) => {
        seen[name]?.push(request.headers['x-api-token']?.toString());
        listener(request, response);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const elsewhere = await start('elsewhere', (_, response) => response.end('elsewhere'));
    const api = await start('api', (request, response) => {
      if (request.headers['x-api-token'] !== 'new') response.writeHead(401).end();
      else response.writeHead(302, { location: elsewhere }).end();
    });
    return { api, seen };
  }

  it('shows the token alone, its successor after a 401, and to nobody else after a redirect', async () => {
    const { api, seen } = await startServers();
    const { getToken } = setUp();
    const fetch = bearerFetch({ fetch: globalThis.fetch, getToken, header });
    const answer = await fetch(api, { redirect: 'follow' });
    expect(await answer.text()).toBe('elsewhere');
    expect(seen).toEqual({ api: ['old', 'new'], elsewhere: [undefined] });
  });

  it('has a scheme before the token, if it is to', async () => {
    const sent: Headers[] = [];
    const fetch = bearerFetch({
      fetch: async (_, init) => {
        sent.push(new Headers(init?.headers));
        return new Response();
      },
      getToken: async () => 'the-token',
      header: { name: 'Authorization', scheme: 'Token' },
    });
    await fetch(URL_);
    expect(sent.map((headers) => headers.get('authorization'))).toEqual(['Token the-token']);
  });
});

it('whatever else the caller gives reaches fetch', async () => {
  const { signal } = new AbortController();
  const given = { method: 'PATCH', body: 'text', redirect: 'manual', signal, dispatcher: {} } as RequestInit;
  let arrived: RequestInit | undefined;
  const fetch = bearerFetch({
    fetch: async (_, init) => {
      arrived = init;
      return new Response();
    },
    getToken: async () => 'token',
  });
  await fetch(URL_, given);
  expect(arrived).toEqual({ ...given, headers: expect.any(Headers) });
});

describe('after a 401', () => {
  it('the request is sent once more with the successor', async () => {
    const { fetch, sent, rejected } = setUp();
    const response = await fetch(URL_, { method: 'PUT', body: 'an order' });
    expect(await response.text()).toBe('ok');
    expect(sent).toEqual([
      { authorization: 'Bearer old', body: 'an order' },
      { authorization: 'Bearer new', body: 'an order' },
    ]);
    expect(rejected).toEqual([undefined, 'old']);
  });

  it('a second 401 is an error with the answer', async () => {
    const { fetch, sent } = setUp({ accepts: 'neither' });
    const error = await failure(fetch(URL_));
    expect(error).toMatchObject({ code: 'TokenRejected' });
    expect(await (error as TokenError).response?.text()).toBe('no');
    expect(sent).toHaveLength(2);
  });

  it('each caller gets its own answer with an error that all share', async () => {
    const fields = { permission: 'sqs:SendMessage', awsError: 'AccessDenied', requestId: 'id-1' } as const;
    const shared = new TokenError('AccessDenied', 'may not ask', fields);
    let calls = 0;
    const fetch = bearerFetch({
      fetch: async () => new Response(`answer ${++calls}`, { status: 401 }),
      getToken: async ({ rejected }) => {
        if (rejected !== undefined) throw shared;
        return 'old';
      },
    });
    const errors = (await Promise.all([failure(fetch(URL_)), failure(fetch(URL_))])) as TokenError[];
    const texts = await Promise.all(errors.map(({ response }) => response?.text()));
    expect(texts).toEqual(['answer 1', 'answer 2']);
    for (const error of errors)
      expect({ ...error }).toEqual({ name: 'TokenError', code: 'AccessDenied', retryable: false, ...fields });
    expect(shared.response).toBeUndefined();
  });

  it('an answer that an implementation of fetch found behind a redirect is passed on: anyone may have refused it', async () => {
    const { getToken, rejected } = setUp();
    const refusal = Object.defineProperty(new Response('', { status: 401 }), 'redirected', { value: true });
    const fetch = bearerFetch({ fetch: async () => refusal, getToken });
    expect((await fetch(URL_)).status).toBe(401);
    expect(rejected).toEqual([undefined]);
  });

  it.each([403, 404, 500])('an answer with status %i to the second request is passed on', async (status) => {
    const answers = [new Response('', { status: 401 }), new Response('', { status })];
    const fetch = bearerFetch({ fetch: async () => answers.shift(), getToken: setUp().getToken });
    expect((await fetch(URL_)).status).toBe(status);
  });

  it('of an address without an origin, as some implementations take, the request is sent once more', async () => {
    const answers = [new Response('', { status: 401 }), new Response()];
    const fetch = bearerFetch({ fetch: async () => answers.shift(), getToken: setUp().getToken });
    expect((await fetch('/orders')).status).toBe(200);
  });

  it('nobody waits for a clone of the first answer, which some tool keeps unread', async () => {
    const kept: Response[] = [];
    const { fetch: plain, getToken } = setUp();
    const answers = [new Response('no', { status: 401 }), new Response()];
    const fetch = bearerFetch({
      fetch: async () => {
        const answer = answers.shift() ?? (await plain(URL_));
        kept.push(answer);
        return answer.clone();
      },
      getToken,
    });
    expect((await fetch(URL_)).status).toBe(200);
    expect(await kept[0]?.text()).toBe('no');
  });

  it.each([
    ['a stream', new Response('no', { status: 401 }), (body: ReadableStream) => body.getReader().closed],
    [
      'a Node.js stream',
      { status: 401, body: Readable.from(['no']) },
      (body: Readable) => expect(body.destroyed).toBe(true),
    ],
  ])('the connection of the first answer is let go, its body being %s', async (_, refusal, isOver) => {
    const answers = [refusal, new Response()];
    const fetch = bearerFetch({ fetch: async () => answers.shift(), getToken: setUp().getToken });
    await fetch(URL_);
    await isOver(refusal.body as ReadableStream & Readable);
  });
});

it.each([200, 204, 400, 403, 404, 429, 500])('an answer with status %i is passed on', async (status) => {
  let calls = 0;
  const fetch = bearerFetch({
    fetch: async () => {
      calls++;
      return new Response(null, { status });
    },
    getToken: async () => 'old',
  });
  expect((await fetch(URL_)).status).toBe(status);
  expect(calls).toBe(1);
});

describe('a 401 to a token that was stored a moment ago', () => {
  /** Accepts the token from that request on. */
  function setUpYoung({ acceptsAt, youngFor = 9 }: { acceptsAt: number; youngFor?: number }) {
    const pauses: number[] = [];
    const rejected: (string | undefined)[] = [];
    let calls = 0;
    const fetch = bearerFetch({
      fetch: async () => new Response('', { status: ++calls >= acceptsAt ? 200 : 401 }),
      getToken: async (options) => {
        rejected.push(options.rejected);
        return options.rejected === undefined ? 'token' : 'successor';
      },
      isYoung: () => calls < youngFor,
      sleep: async (ms) => void pauses.push(ms),
    });
    return { fetch, pauses, rejected };
  }

  it.each([
    [2, [1_000]],
    [3, [1_000, 2_000]],
  ])('the same token is accepted at request %i', async (acceptsAt, expected) => {
    const { fetch, pauses, rejected } = setUpYoung({ acceptsAt });
    expect((await fetch(URL_, { method: 'POST', body: 'an order' })).status).toBe(200);
    expect({ pauses, rejected }).toEqual({ pauses: expected, rejected: [undefined] });
  });

  it('after 3 s it counts as rejected, and its successor has the same time', async () => {
    const { fetch, pauses, rejected } = setUpYoung({ acceptsAt: 7 });
    expect(await failure(fetch(URL_))).toMatchObject({ code: 'TokenRejected' });
    expect(pauses).toEqual([1_000, 2_000, 1_000, 2_000]);
    expect(rejected).toEqual([undefined, 'token']);
  });

  it('it is not sent again once it is older', async () => {
    const { fetch, pauses, rejected } = setUpYoung({ acceptsAt: 3, youngFor: 2 });
    expect((await fetch(URL_)).status).toBe(200);
    expect({ pauses, rejected }).toEqual({ pauses: [1_000], rejected: [undefined, 'token'] });
  });

  it('a stream is not sent again', async () => {
    const { fetch, pauses } = setUpYoung({ acceptsAt: 2 });
    const init = { method: 'POST', body: new Blob(['body']).stream(), duplex: 'half' } as RequestInit;
    expect(await failure(fetch(URL_, init))).toMatchObject({ code: 'BodyNotReplayable' });
    expect(pauses).toEqual([]);
  });
});

describe('bodies that can be sent again', () => {
  const form = new FormData();
  form.set('name', 'value');
  it.each([
    ['text', 'body'],
    ['bytes', new TextEncoder().encode('body')],
    ['a buffer', new TextEncoder().encode('body').buffer],
    ['a blob', new Blob(['body'])],
    ['parameters', new URLSearchParams({ name: 'value' })],
    ['a form', form],
  ])('%s', async (_, body) => {
    const { fetch, sent } = setUp();
    expect((await fetch(URL_, { method: 'POST', body })).status).toBe(200);
    expect(sent[1]?.body.length).toBe(sent[0]?.body.length);
    expect(sent[0]?.body.length).toBeGreaterThan(3);
  });

  it.each([
    ['no body', undefined],
    ['a body', JSON.stringify({ item: 1 })],
    ['a stream', new Blob(['streamed']).stream()],
  ])('a Request with %s', async (_, body) => {
    const { fetch, sent } = setUp();
    const request = new Request(URL_, { method: 'POST', body: body ?? null, duplex: 'half' } as RequestInit);
    expect((await fetch(request)).status).toBe(200);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.body).toBe(sent[0]?.body);
    expect(sent[0]?.body === '').toBe(body === undefined);
  });
});

it('a Request in the place of the options is sent as it is, to the address beside it', async () => {
  const { fetch, sent } = setUp();
  const request = new Request('https://incoming.example.org/', { method: 'POST', body: 'an order' });
  expect((await fetch(URL_, request)).status).toBe(200);
  expect(sent.map(({ body }) => body)).toEqual(['an order', 'an order']);
});

describe('bodies that cannot be sent again', () => {
  const stream = () => new Blob(['body']).stream();
  it.each([
    [
      'a stream',
      (fetch: Fetch) => fetch(URL_, { method: 'POST', body: stream(), duplex: 'half' } as RequestInit),
    ],
    [
      'a Node.js stream',
      (fetch: Fetch) =>
        fetch(URL_, {
          method: 'POST',
          body: Readable.from(['body']),
          duplex: 'half',
        } as unknown as RequestInit),
    ],
    [
      'a Node.js stream in a Request, as node-fetch has it',
      (fetch: Fetch) => {
        const request = new Request(URL_, { method: 'POST', body: 'body' });
        return fetch(Object.defineProperty(request, 'body', { value: Readable.from(['body']) }));
      },
    ],
  ])('%s: sent once, the caller is told, and a successor is found', async (_, send) => {
    const { fetch, sent, rejected } = setUp();
    const error = await failure(send(fetch));
    expect(error).toMatchObject({ code: 'BodyNotReplayable', retryable: false });
    expect((error as TokenError).response?.status).toBe(401);
    expect(sent).toHaveLength(1);
    expect(rejected).toEqual([undefined, 'old']);
  });

  it('a stream that only calls itself a form', async () => {
    const body = Object.assign(Readable.from(['body']), { [Symbol.toStringTag]: 'FormData' });
    const { fetch, sent } = setUp();
    const init = { method: 'POST', body, duplex: 'half' } as unknown as RequestInit;
    expect(await failure(fetch(URL_, init))).toMatchObject({ code: 'BodyNotReplayable' });
    expect(sent).toHaveLength(1);
  });

  it('does no harm while nothing is refused', async () => {
    const { fetch } = setUp({ accepts: 'old' });
    const init = { method: 'POST', body: stream(), duplex: 'half' } as RequestInit;
    expect((await fetch(URL_, init)).status).toBe(200);
  });
});

it.each([
  { what: 'a token', waitsFor: undefined },
  { what: 'its successor', waitsFor: 'old' },
])('the signal of the call or of its Request ends the wait for $what', async ({ waitsFor }) => {
  const waiting = bearerFetch({
    fetch: async () => new Response('', { status: 401 }),
    getToken: ({ signal, rejected }) =>
      rejected === waitsFor
        ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
        : Promise.resolve('old'),
  });
  for (const call of [
    (signal: AbortSignal) => waiting(URL_, { signal }),
    (signal: AbortSignal) => waiting(new Request(URL_, { signal })),
  ]) {
    const abort = new AbortController();
    const ended = failure(call(abort.signal));
    await new Promise(setImmediate);
    abort.abort();
    expect(await ended).toMatchObject({ name: 'AbortError' });
  }
});
