import http from 'node:http';
import https from 'node:https';
import { getCACertificates } from 'node:tls';
import { LOOPBACK_HOSTS } from '../../contract/function-settings.ts';
import { RefreshError } from '../refresh/refresh-error.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface PostRequest {
  readonly url: string;
  readonly body: unknown;
  /** For the whole call, from name resolution to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly tls?: TlsSettings | undefined;
}

/** PEM, for an API with certificates of its own. */
export interface TlsSettings {
  /** Authorities that are trusted beside the usual ones. */
  readonly ca?: string;
  /** Certificate that is shown to the API, with its chain; goes with `key`. */
  readonly cert?: string;
  readonly key?: string;
}

export type PostJson = (request: PostRequest) => Promise<HttpAnswer>;

/** System error codes of a connection that was turned away at once: one more try costs little. */
const QUICK_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Names of certificate errors differ by library and version; all of them carry one of these marks. */
const TLS_FAILURE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|ALTNAME|EPROTO/;

/**
 * Sends one JSON POST: bounded in time and size, TLS but on loopback, no redirects, no proxy, certificate errors fatal.
 *
 * @throws RefreshError `ApiUnreachable`, `ApiTimeout`, `ApiTlsFailed` or `AnswerTooLarge`.
 */
export const postJson: PostJson = ({ url, body, timeoutMs, tls }) =>
  new Promise((resolve, reject) => {
    const payload = Buffer.from(JSON.stringify(body));
    const target = new URL(url);
    if (target.protocol !== 'https:' && !LOOPBACK_HOSTS.includes(target.hostname)) {
      throw new RefreshError('ApiTlsFailed', { detail: 'the URL is not https' });
    }
    const transport = target.protocol === 'https:' ? https : http;
    // An agent of its own: the global one may be told by the environment to use a proxy.
    const request = transport.request(target, {
      method: 'POST',
      agent: new transport.Agent({ keepAlive: false, ...tlsOptions(tls) }),
      headers: {
        'content-type': 'application/json',
        'content-length': payload.length,
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'token-refresher',
      },
    });

    const fail = (error: RefreshError) => {
      settle();
      request.destroy();
      reject(error);
    };
    const total = setTimeout(
      () => fail(new RefreshError('ApiTimeout', { detail: 'no whole answer' })),
      timeoutMs,
    );
    const connect = setTimeout(
      () => fail(new RefreshError('ApiTimeout', { detail: 'no connection' })),
      Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    );
    const settle = () => {
      clearTimeout(total);
      clearTimeout(connect);
    };

    request.on('socket', (socket) => {
      socket.once(target.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connect));
    });
    request.on('error', (error) => fail(connectionError(error)));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES)
          fail(new RefreshError('AnswerTooLarge', { status: response.statusCode }));
        else chunks.push(chunk);
      });
      response.on('error', (error) => fail(connectionError(error)));
      response.on('end', () => {
        settle();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.end(payload);
  });

/** `ca` alone would take the place of the usual authorities. */
const tlsOptions = ({ ca, ...own }: TlsSettings = {}): https.AgentOptions => ({
  ...own,
  // Said, for the environment could say otherwise.
  rejectUnauthorized: true,
  ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
});

function connectionError(error: NodeJS.ErrnoException): RefreshError {
  const code = error.code ?? 'unknown';
  if (TLS_FAILURE.test(code)) return new RefreshError('ApiTlsFailed', { detail: code });
  return new RefreshError('ApiUnreachable', { detail: code, blip: QUICK_FAILURES.has(code) });
}
