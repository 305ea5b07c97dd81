import type { IncomingHttpHeaders } from 'node:http';
import { parseObject } from '../../contract/json-object.ts';

/** What a token API grants, whatever its answers look like. A test may grant what is no token. */
export interface Grant {
  readonly token?: unknown;
  readonly refreshToken?: unknown;
  /** Seconds, as a number or a string. */
  readonly expiresIn?: unknown;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a request asks for. Who is no client of the API presents nothing. */
export type Asked =
  | { readonly endpoint: 'login'; readonly username?: unknown; readonly password?: unknown }
  | { readonly endpoint: 'refresh'; readonly refreshToken?: unknown };

/** How a token API is spoken to, from the server's side. */
export interface TokenApiShape {
  /** Undefined: the request is none of the API's. */
  readonly asked: (request: ReceivedRequest) => Asked | undefined;
  readonly granted: (grant: Grant) => unknown;
  readonly refused: (endpoint: Asked['endpoint']) => { readonly status: number; readonly body: unknown };
}

/**
 * `POST /auth/token` `{username, password}` and `POST /auth/token/refresh` `{refreshToken}` answer
 * `{data: {token, refreshToken, expiresIn}}`, or 401.
 */
export const defaultShape: TokenApiShape = {
  asked({ method, path, body }) {
    const { username, password, refreshToken } = parseObject(body) ?? {};
    if (method !== 'POST') return undefined;
    if (path === '/auth/token') return { endpoint: 'login', username, password };
    return path === '/auth/token/refresh' ? { endpoint: 'refresh', refreshToken } : undefined;
  },
  granted: (grant) => ({ data: grant }),
  refused: (endpoint) => ({ status: 401, body: { message: `${endpoint} refused` } }),
};

const ANSWERS_OF_OAUTH: Pick<TokenApiShape, 'granted' | 'refused'> = {
  granted: ({ token, refreshToken, expiresIn }) => ({
    access_token: token,
    token_type: 'Bearer',
    refresh_token: refreshToken,
    expires_in: expiresIn,
  }),
  refused: () => ({ status: 400, body: { error: 'invalid_grant' } }),
};

/** The token endpoint of RFC 6749: forms at one path, and the client by HTTP Basic, encoded as section 2.3.1 asks. */
export const oauthShape = (client: { readonly id: string; readonly secret: string }): TokenApiShape => ({
  asked({ method, path, headers, body }) {
    if (method !== 'POST' || path !== '/oauth2/token') return undefined;
    const form = new URLSearchParams(body);
    const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
    const isClient = isForm && isSame(basicOf(headers), [client.id, client.secret]);
    if (form.get('grant_type') === 'password') {
      const shown = { username: form.get('username'), password: form.get('password') };
      return { endpoint: 'login', ...(isClient && shown) };
    }
    if (form.get('grant_type') !== 'refresh_token') return undefined;
    return { endpoint: 'refresh', ...(isClient && { refreshToken: form.get('refresh_token') }) };
  },
  ...ANSWERS_OF_OAUTH,
});

/** A client of OAuth that logs in as itself and shows a signed assertion instead of a secret (RFC 7523, section 2.2). */
export const assertionShape = (
  user: { readonly username: string; readonly password: string },
  isGood: (assertion: string) => boolean,
): TokenApiShape => ({
  asked({ method, path, body }) {
    if (method !== 'POST' || path !== '/oauth2/token') return undefined;
    const form = new URLSearchParams(body);
    const isClient = isGood(form.get('client_assertion') ?? '');
    if (form.get('grant_type') === 'client_credentials') return { endpoint: 'login', ...(isClient && user) };
    return { endpoint: 'refresh', ...(isClient && { refreshToken: form.get('refresh_token') }) };
  },
  ...ANSWERS_OF_OAUTH,
});

/**
 * As few do it: `POST` logs in with nested JSON, `PUT` renews with the refresh token as bearer, both at one path with a
 * parameter and a key; tokens stand in a list, lifetimes are `HH:MM:SS`, and a refusal is a 200.
 */
export const oddShape = ({ apiKey, tenant }: { apiKey: string; tenant: string }): TokenApiShape => ({
  asked({ method, path, query, headers, body }) {
    if (path !== '/v2/session') return undefined;
    const isClient = headers['x-api-key'] === apiKey && query.get('tenant') === tenant;
    if (method === 'PUT') {
      const refreshToken = headers.authorization?.replace(/^Bearer /, '');
      return { endpoint: 'refresh', ...(isClient && { refreshToken }) };
    }
    const { loginName, passPhrase } = Object(parseObject(body)?.user);
    const shown = { username: loginName, password: passPhrase };
    return method === 'POST' ? { endpoint: 'login', ...(isClient && shown) } : undefined;
  },
  granted: ({ token, refreshToken, expiresIn }) => ({
    result: [{ session: { jwt: token, renewal: refreshToken, lasts: hoursMinutesSeconds(expiresIn) } }],
  }),
  refused: () => ({ status: 200, body: { result: [], code: 'DENIED' } }),
});

function basicOf({ authorization = '' }: IncomingHttpHeaders): string[] {
  const parts = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  return parts.map((part) => new URLSearchParams(`part=${part}`).get('part') ?? '');
}

const isSame = (these: readonly string[], those: readonly string[]): boolean =>
  these.length === those.length && these.every((part, index) => part === those[index]);

function hoursMinutesSeconds(seconds: unknown): unknown {
  const all = Number(seconds);
  if (!Number.isFinite(all)) return seconds;
  const parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
