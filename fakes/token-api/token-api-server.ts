import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Answer, type Fault, type FaultySchedule, faultySchedule, misbehave } from './faults.ts';
import { type Asked, defaultShape, type ReceivedRequest, type TokenApiShape } from './shapes.ts';
import { TokenApiModel, type TokenApiSettings } from './token-api-model.ts';

export type Endpoint = Asked['endpoint'] | 'resource';

export interface TokenApiOptions extends TokenApiSettings {
  /** How it is spoken to. Default: {@link defaultShape}. */
  readonly shape?: TokenApiShape;
  /** Lifetime in the answer, in seconds; default: left out. */
  readonly expiresIn?: number | string;
  /** Certificate and key in PEM form: the server then speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Listens at a port that the system gives to nobody else while this API is paused. Default: false. */
  readonly keepsPort?: boolean;
  /** Told of every answered call, for a log. */
  readonly onCall?: (endpoint: Endpoint, status: number) => void;
}

export interface TokenApi {
  /** `http://127.0.0.1:<port>`, or `https://`. */
  readonly baseUrl: string;
  readonly model: TokenApiModel;
  readonly shape: TokenApiShape;
  /** All requests so far. */
  readonly received: readonly ReceivedRequest[];
  readonly faults: FaultySchedule<Endpoint>;
  /** The most calls that were under way at once at one of the two token endpoints. */
  readonly mostAtOnce: () => number;
  /** Stops listening, as an API that is down does; open connections are cut. */
  pause(): Promise<void>;
  /** Listens again, at the same port. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** A token API on loopback, with a resource: `GET /resource` answers 200 to a live bearer token, else 401. */
export async function startTokenApi(options: TokenApiOptions): Promise<TokenApi> {
  const model = new TokenApiModel(options);
  const { shape = defaultShape } = options;
  const faults = faultySchedule<Endpoint>(options.now ?? Date.now);
  const received: ReceivedRequest[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { method = '', url = '/', headers } = request;
    const { pathname: path, searchParams: query } = new URL(url, 'http://127.0.0.1');
    const whole = { method, path, query, headers, body: await text(request) };
    received.push(whole);
    const isResource = method === 'GET' && path === '/resource';
    const asked = isResource ? ({ endpoint: 'resource' } as const) : shape.asked(whole);
    if (asked === undefined) return sendJson(response, 404, { error: 'not found' });
    const { endpoint } = asked;
    if (endpoint !== 'resource') {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      // Not before: a call that hangs is under way until its caller gives up.
      response.once('close', () => atOnce--);
    }
    const fault: Fault | undefined = faults.next(endpoint);
    const work = () => {
      const { expiresIn } = options;
      const served =
        asked.endpoint === 'resource'
          ? open(model, headers.authorization)
          : serve({ model, shape, asked, expiresIn });
      options.onCall?.(endpoint, served.status);
      return served;
    };
    if (fault !== undefined) return misbehave(fault, work, response);
    const { status, body } = work();
    sendJson(response, status, body);
  };

  const sockets = new Set<Socket>();
  const listener: http.RequestListener = (request, response) => {
    // A caller that hangs up in the middle is what some faults are about.
    answer(request, response).catch(() => response.destroy());
  };
  const server =
    options.tls === undefined ? http.createServer(listener) : https.createServer(options.tls, listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  let port = options.keepsPort ? await unassignedPort() : 0;
  const listen = async () => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await stopped;
  };

  await listen();
  return {
    baseUrl: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    model,
    shape,
    received,
    faults,
    mostAtOnce: () => mostAtOnce,
    pause: stop,
    resume: listen,
    close: stop,
  };
}

function open(model: TokenApiModel, authorization = ''): Answer {
  return model.accepts(authorization.replace(/^Bearer /, ''))
    ? { status: 200, body: { message: 'hello' } }
    : { status: 401, body: { error: 'invalid_token' } };
}

interface Served {
  readonly model: TokenApiModel;
  readonly shape: TokenApiShape;
  readonly asked: Asked;
  readonly expiresIn: TokenApiOptions['expiresIn'];
}

function serve({ model, shape, asked, expiresIn }: Served): Answer {
  const issued =
    asked.endpoint === 'login'
      ? model.login(asked.username, asked.password)
      : model.refresh(asked.refreshToken);
  if (issued === undefined) return shape.refused(asked.endpoint);
  const grant = { ...issued, ...(expiresIn !== undefined && { expiresIn }) };
  return { status: 200, body: shape.granted(grant), grant };
}

function sendJson(response: http.ServerResponse, status: number, body: unknown): void {
  const headers: http.OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  };
  if (status === 401) headers['www-authenticate'] = 'Bearer error="invalid_token"';
  response.writeHead(status, headers).end(JSON.stringify(body));
}

/** A free port below the range that Linux takes ports from for whoever asks for any: 32768 to 60999. */
export async function unassignedPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = http.createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
