import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { LOOPBACK_HOSTS } from '../../contract/function-settings.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import { type Body, MAX_ANSWER_BYTES, readBody } from './body.ts';
import {
  addressesOf,
  connectOptions,
  connectTimeoutMs,
  failureOf,
  type Resolve,
  type TlsSettings,
} from './connection.ts';
import type { HttpRequest } from './request.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Decompressed text; empty if it was incomplete, too large or not readable. */
  readonly body: string;
  /** Why the body could not be read. The status may say enough. */
  readonly bodyFailure?: RefreshError | undefined;
}

export interface SentRequest extends HttpRequest {
  /** Time limit of the whole call, from name resolution to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly tls?: TlsSettings | undefined;
}

export type SendRequest = (request: SentRequest) => Promise<HttpAnswer>;

/**
 * Sends one request. Limited in time and size; TLS except on loopback; no redirects, no proxy; certificate errors are fatal.
 *
 * @throws RefreshError if there is no answer: of kind `unreachable` if the request was not sent, else
 *   `ApiConnectionLost`, `ApiTimeout` or, if what came is not HTTP, `AnswerNotJson`.
 */
export const sendRequest: SendRequest = requestSender((hostname) => lookup(hostname, { all: true }));

/** The same with another resolver than the system's. */
export function requestSender(resolve: Resolve): SendRequest {
  return async ({ timeoutMs, ...request }) => {
    const target = new URL(request.url);
    if (target.protocol !== 'https:' && !LOOPBACK_HOSTS.includes(target.hostname)) {
      throw new RefreshError('ApiTlsFailed', { detail: 'the URL is not https' });
    }
    const startedAt = performance.now();
    const addresses = await addressesOf(target, resolve, timeoutMs);
    const leftMs = timeoutMs - (performance.now() - startedAt);
    return exchange({ ...request, target, addresses, timeoutMs: leftMs });
  };
}

interface Exchange extends SentRequest {
  readonly target: URL;
  readonly addresses: LookupAddress[];
}

const exchange = ({
  method,
  headers,
  body = '',
  target,
  addresses,
  timeoutMs,
  tls,
}: Exchange): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const isSecure = target.protocol === 'https:';
    const transport = isSecure ? https : http;
    const request = transport.request(target, {
      method,
      // Not the global agent, which may use a proxy named by the environment.
      agent: new transport.Agent({ keepAlive: false, ...connectOptions(addresses, tls) }),
      headers: {
        ...headers,
        ...((body !== '' || method !== 'GET') && { 'content-length': Buffer.byteLength(body) }),
      },
    });

    let sent = false;
    let response: http.IncomingMessage | undefined;
    const settle = (body: Body) => {
      clearTimeout(total);
      clearTimeout(connect);
      request.destroy();
      const { statusCode: status = 0, headers = {} } = response ?? {};
      if (response === undefined) reject(body.failure);
      else resolve({ status, headers, body: body.text, bodyFailure: body.failure });
    };
    const fail = (failure: RefreshError) => settle({ text: '', failure });
    const tooLate = () =>
      fail(
        sent
          ? new RefreshError('ApiTimeout', { detail: 'no whole answer' })
          : new RefreshError('ApiConnectTimeout', { detail: 'no connection' }),
      );
    const total = setTimeout(tooLate, timeoutMs);
    const connect = setTimeout(tooLate, connectTimeoutMs(addresses));

    request.on('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        clearTimeout(connect);
        // Written only after the connection is there, so that it is known whether anything was sent.
        sent = true;
        request.end(body);
      });
    });
    request.on('error', (error) => fail(failureOf(error, sent)));
    // A 101 that was not asked for ends HTTP on this connection.
    request.on('upgrade', (answer) => {
      response = answer;
      settle({ text: '' });
    });
    request.on('response', (answer) => {
      response = answer;
      void receive(answer).then(settle);
    });
  });

/** The body, or why there is none. */
async function receive(answer: http.IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) return { text: '', failure: new RefreshError('AnswerTooLarge') };
      chunks.push(chunk);
    }
  } catch (error) {
    return { text: '', failure: failureOf(error, true) };
  }
  return readBody(Buffer.concat(chunks), answer.headers['content-encoding']);
}
