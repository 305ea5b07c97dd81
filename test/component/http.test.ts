import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, type TestContext } from 'vitest';
import { kindOfFailure } from '../../contract/failures.ts';
import { unassignedPort } from '../../fakes/token-api/token-api-server.ts';
import type { RefreshError } from '../../lambda/refresh/refresh-error.ts';
import { requestSender, type SentRequest, sendRequest } from '../../lambda/token-api/http.ts';
import { httpRequest } from '../../lambda/token-api/request.ts';

const request = (port: number, more: Partial<SentRequest> = {}): SentRequest => ({
  ...httpRequest(
    {
      method: 'POST',
      url: `http://localhost:${port}/auth/token`,
      json: { password: { secret: 'password' } },
    },
    () => 'hunter2',
  ),
  // Much longer than what is measured: a busy machine is late by seconds.
  timeoutMs: 20_000,
  ...more,
});

/** Posts to a host with these addresses. */
const postTo = (...addresses: string[]) =>
  requestSender(async () => addresses.map((address): LookupAddress => ({ address, family: 4 })));

/** How a call ended, and after how many milliseconds. */
async function timed<T>(
  promise: Promise<T>,
): Promise<{ answer?: T; failure?: RefreshError; tookMs: number }> {
  const startedAt = performance.now();
  const ended = await promise.then(
    (answer) => ({ answer }),
    (failure: RefreshError) => ({ failure }),
  );
  return { ...ended, tookMs: performance.now() - startedAt };
}

/** A server that gets a connection's first bytes and does what it likes. */
async function startServer(
  { onTestFinished }: TestContext,
  onData: (socket: Socket) => void,
  port = 0,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('data', () => onData(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const answering = (text: string) => (socket: Socket) => void socket.end(text);
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

const HOLES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

/** A port of {@link HOLES} that answers nothing to whoever wants to connect: queues that are full and never emptied. */
async function startBlackHoles({ onTestFinished }: TestContext): Promise<number> {
  // Tests of other files take any port of 127.0.0.1, where one of these tests listens at the same.
  const port = await unassignedPort();
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const listen = ({ port, hosts: [host, ...more] }) => {
       require('node:net').createServer().listen({ host, port, backlog: 1 }, () => {
         if (more.length > 0) return listen({ port, hosts: more });
         parentPort.postMessage('listening');
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
       });
     };
     listen(workerData);`,
    { eval: true, workerData: { port, hosts: HOLES } },
  );
  await once(worker, 'message');
  const queued = HOLES.map((host) =>
    Array.from({ length: 4 }, () => net.connect(port, host).on('error', () => {})),
  );
  onTestFinished(async () => {
    for (const socket of queued.flat()) socket.destroy();
    await worker.terminate();
  });
  // Two fit into each queue.
  await Promise.all(queued.map(([, second]) => second && once(second, 'connect')));
  return port;
}

describe.concurrent('a host', () => {
  it('with several addresses is tried on each, 2 s long', async (test) => {
    const port = await startBlackHoles(test);
    await startServer(test, answering(OK), port);
    const { answer, tookMs } = await timed(postTo('127.0.0.2', '127.0.0.1')(request(port)));
    expect(answer?.status).toBe(200);
    expect(tookMs).toBeGreaterThan(1_900);
    expect(tookMs).toBeLessThan(7_900);
  });

  it('with many addresses is tried on each, 4 s in all', async (test) => {
    const port = await startBlackHoles(test);
    await startServer(test, answering(OK), port);
    const { answer, tookMs } = await timed(postTo(...HOLES, '127.0.0.1')(request(port)));
    expect(answer?.status).toBe(200);
    expect(tookMs).toBeGreaterThan(2_900);
    expect(tookMs).toBeLessThan(9_900);
  });

  it('with one address is given up after 2 s, with several after 4 s', async (test) => {
    const port = await startBlackHoles(test);
    const [one, two] = await Promise.all([
      timed(postTo('127.0.0.2')(request(port))),
      timed(postTo('127.0.0.2', '127.0.0.3')(request(port))),
    ]);
    for (const { failure } of [one, two]) expect(failure).toMatchObject({ code: 'ApiConnectTimeout' });
    expect(one.tookMs).toBeLessThan(7_900);
    expect(two.tookMs).toBeLessThan(9_900);
  });

  it('whose addresses all refuse is unreachable at once', async (test) => {
    const port = await startServer(test, () => {});
    const { failure, tookMs } = await timed(postTo('127.0.0.5', '127.0.0.6')(request(port)));
    expect(failure).toMatchObject({
      code: 'ApiUnreachable',
      fields: { detail: 'ECONNREFUSED', isBrief: true },
    });
    expect(tookMs).toBeLessThan(7_900);
  });

  it('without an address is unreachable, and not waited for without end', async () => {
    const unknown = requestSender(() => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })));
    await expect(unknown(request(1))).rejects.toMatchObject({
      code: 'ApiUnreachable',
      fields: { detail: 'ENOTFOUND' },
    });
    const { failure, tookMs } = await timed(requestSender(() => new Promise(() => {}))(request(1)));
    expect(failure).toMatchObject({ code: 'ApiConnectTimeout', fields: { detail: 'no address' } });
    expect(tookMs).toBeLessThan(7_900);
  });

  it('may be an IPv6 address in brackets', async () => {
    const asked: string[] = [];
    const poster = requestSender(async (hostname) => {
      asked.push(hostname);
      return [{ address: hostname, family: 6 }];
    });
    await poster(request(1, { url: 'http://[::1]:1' })).catch(() => {});
    expect(asked).toEqual(['::1']);
  });
});

describe.concurrent('a request that was sent', () => {
  it.for<[string, (socket: Socket) => void, object]>([
    [
      'and is cut off before the answer',
      (socket) => void socket.resetAndDestroy(),
      { code: 'ApiConnectionLost', fields: { detail: 'ECONNRESET', isBrief: true } },
    ],
    ['and is closed without an answer', answering(''), { code: 'ApiConnectionLost' }],
    [
      'and has an answer that is not HTTP',
      answering('SSH-2.0-OpenSSH\r\n'),
      { code: 'AnswerNotJson', fields: { detail: 'HPE_INVALID_CONSTANT' } },
    ],
    [
      'and has headers without end',
      answering(`HTTP/1.1 200 OK\r\nX-More: ${'x'.repeat(100_000)}\r\n\r\n`),
      { code: 'AnswerNotJson', fields: { detail: 'HPE_HEADER_OVERFLOW' } },
    ],
  ])('%s is never unreachable', async ([, onData, failure], test) => {
    const error: RefreshError = await sendRequest(request(await startServer(test, onData))).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toMatchObject(failure);
    expect(kindOfFailure(error.code)).not.toBe('unreachable');
  });

  it.for([
    ['with the header that says to what', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['without it', ''],
  ])('and is answered 101 fails at once: %s', async ([, header], test) => {
    const port = await startServer(test, (socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${header}\r\n`);
    });
    const { answer, tookMs } = await timed(sendRequest(request(port)));
    expect(answer).toMatchObject({ status: 101, body: '' });
    expect(tookMs).toBeLessThan(7_900);
  });

  it.for<[string, string, string]>([
    ['cut off', 'HTTP/1.1 401 No\r\nContent-Length: 20\r\n\r\n{"message"', 'ApiConnectionLost'],
    ['too large', `HTTP/1.1 401 No\r\n\r\n${'x'.repeat(1024 * 1024 + 1)}`, 'AnswerTooLarge'],
    ['unreadable', 'HTTP/1.1 401 No\r\nContent-Encoding: zstd\r\n\r\n{}', 'AnswerNotJson'],
  ])('has its status though the body is %s', async ([, text, code], test) => {
    const port = await startServer(test, answering(text));
    expect(await sendRequest(request(port))).toMatchObject({ status: 401, body: '', bodyFailure: { code } });
  });

  it('and has no answer in time is a throttle', async (test) => {
    const silent = request(await startServer(test, () => {}), { timeoutMs: 3_000 });
    await expect(sendRequest(silent)).rejects.toMatchObject({ code: 'ApiTimeout' });
  });

  it('has its status though the body never ends', async (test) => {
    const port = await startServer(test, (socket) => {
      socket.write('HTTP/1.1 401 No\r\nContent-Length: 20\r\n\r\n{');
    });
    expect(await sendRequest(request(port, { timeoutMs: 3_000 }))).toMatchObject({
      status: 401,
      body: '',
      bodyFailure: { code: 'ApiTimeout' },
    });
  });

  it('asks for an answer that is not encoded', async (test) => {
    const asked: http.IncomingHttpHeaders[] = [];
    const server = http.createServer((incoming, response) => {
      asked.push(incoming.headers);
      response.end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.onTestFinished(() => void server.close());
    await sendRequest(request((server.address() as AddressInfo).port));
    expect(asked).toMatchObject([{ 'accept-encoding': 'identity', 'content-type': 'application/json' }]);
  });
});
