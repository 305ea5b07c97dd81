import { join } from 'node:path';
import { SECOND } from '../../contract/times.ts';
import type { TokenApi } from '../../lib/settings/token-api/props.ts';
import { secret } from '../../lib/settings/token-api/values.ts';
import {
  djangoOAuthToolkit,
  nodeRed as nodeRedApi,
  parseServer as parseServerApi,
  simpleJwt,
} from '../../lib/token-apis/catalogue/index.ts';
import { login } from '../../lib/token-apis/login.ts';
import { oauth2 } from '../../lib/token-apis/oauth2.ts';
import { installPythonPackages } from '../../local/python-packages.ts';
import { installNpmPackages, type NpmPackages } from './npm-packages.ts';
import { CLIENT_ID, NOW_HEADER, PARSE_APP_ID, PROGRAM_ENV } from './programs/contract.ts';
import { type Place, type Program, startRealServer } from './real-server.ts';

const CALL_SECONDS = 10;

/** Of every account. */
export const RIGHT_PASSWORD = 'correct horse battery staple';

const PROGRAMS = join(import.meta.dirname, 'programs');

interface Call {
  readonly path: string;
  readonly body: object | URLSearchParams;
}

/** A server that nobody here wrote, and how it is spoken to. */
export interface Kind {
  readonly name: string;
  readonly install: (place: Place) => Promise<Program>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A login as anybody else would send it. */
  readonly login: (username: string, password: string) => Call;
  /** As the settings of a token describe it. */
  readonly api: (url: string) => TokenApi;
  /** What the secret holds for an account. */
  readonly credentials: (username: string, password: string) => Readonly<Record<string, string>>;
}

export interface TokenServer {
  readonly kind: Kind;
  readonly url: string;
  login(username: string, password: string): Promise<Response>;
  close(): Promise<void>;
}

export interface TokenServerProps {
  readonly accounts: readonly string[];
  /** What else the program is told. */
  readonly env?: Readonly<Record<string, string>>;
  /** What time it is for the server. Default: its own clock. */
  readonly now?: () => number;
}

export async function startTokenServer(
  kind: Kind,
  { accounts, now, env }: TokenServerProps,
): Promise<TokenServer> {
  const { url, close } = await startRealServer(kind.name, async (place) => {
    const program = await kind.install(place);
    const given = {
      [PROGRAM_ENV.accounts]: JSON.stringify(accounts),
      [PROGRAM_ENV.password]: RIGHT_PASSWORD,
    };
    return { ...program, env: { ...program.env, ...given, ...env } };
  });
  const send = ({ path, body }: Call): Promise<Response> => {
    const isForm = body instanceof URLSearchParams;
    return fetch(url + path, {
      method: 'POST',
      headers: {
        ...kind.headers,
        ...(!isForm && { 'content-type': 'application/json' }),
        ...(now !== undefined && { [NOW_HEADER]: String(now()) }),
      },
      body: isForm ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_SECONDS * SECOND),
    });
  };
  return {
    kind,
    url,
    login: (username, password) => send(kind.login(username, password)),
    close,
  };
}

/** After five logins within ten minutes, whatever came of them, each further one fails with 500, and counts. */
export const nodeRed: Kind = {
  name: 'Node-RED',
  install: nodeProgram('node-red.ts', { dependencies: { 'node-red': '5.0.7' }, before: '2026-11-20' }),
  login: (username, password) => ({
    path: '/auth/token',
    body: new URLSearchParams({
      client_id: 'node-red-admin',
      grant_type: 'password',
      scope: '*',
      username,
      password,
    }),
  }),
  api: (url) => nodeRedApi({ url }),
  credentials: (username, password) => ({ username, password }),
};

/** 404 with code 101 refuses a password; the third since a right one locks the account, which gives the same answer. */
export const parseServer: Kind = {
  name: 'Parse Server',
  install: nodeProgram('parse-server.ts', {
    dependencies: {
      'parse-server': '9.10.0',
      '@electric-sql/pglite': '0.5.14',
      '@electric-sql/pglite-socket': '0.2.17',
    },
    before: '2026-11-20',
  }),
  headers: { 'x-parse-application-id': PARSE_APP_ID },
  login: (username, password) => ({ path: '/login', body: { username, password } }),
  api: (url) => parseServerApi({ url }),
  credentials: (username, password) => ({ application_id: PARSE_APP_ID, username, password }),
};

/** 401 refuses a password; the third locks the account, which gives the same answer. Access tokens live for 5 minutes. */
export const simplejwt: Kind = {
  name: 'simplejwt with axes',
  install: pythonProgram('simplejwt'),
  login: (username, password) => ({ path: '/api/token/', body: { username, password } }),
  api: (url) => simpleJwt({ url }),
  credentials: (username, password) => ({ username, password }),
};

/** Answers a JWT without a lifetime beside it, and refuses by a JSON text. */
export const jsonServerAuth: Kind = {
  name: 'json-server-auth',
  install: nodeProgram('json-server-auth.ts', {
    dependencies: { 'json-server-auth': '2.1.0', 'json-server': '0.17.4' },
    before: '2026-11-20',
  }),
  login: (username, password) => ({
    path: '/login',
    body: { email: `${username}@example.com`, password },
  }),
  api: (url) =>
    login({
      url: `${url}/login`,
      json: { email: secret('email'), password: secret('password') },
      answer: { token: '/accessToken' },
    }),
  credentials: (username, password) => ({ email: `${username}@example.com`, password }),
};

/** Refresh tokens are used once: one that comes twice revokes its grant. */
export const oidcProvider: Kind = {
  name: 'oidc-provider',
  install: nodeProgram('oidc-provider.ts', {
    dependencies: { 'oidc-provider': '9.13.3' },
    before: '2026-11-20',
  }),
  login: (username, password) => ({
    path: '/token',
    body: new URLSearchParams({ grant_type: 'password', username, password }),
  }),
  api: (url) => oauth2({ tokenUrl: `${url}/token`, grant: 'password', overrides: { reuse: 'revokes' } }),
  credentials: (username, password) => ({
    client_id: CLIENT_ID.account,
    client_secret: RIGHT_PASSWORD,
    username,
    password,
  }),
};

/** A refresh ends the access token before it; a refresh token that comes twice revokes all that was granted with it. */
export const djangoOAuth: Kind = {
  name: 'Django OAuth Toolkit',
  install: pythonProgram('django-oauth-toolkit', {
    [PROGRAM_ENV.clients]: JSON.stringify({
      [CLIENT_ID.account]: 'password',
      [CLIENT_ID.basic]: 'client-credentials',
    }),
  }),
  login: (username, password) => ({
    path: '/o/token/',
    body: new URLSearchParams({ grant_type: 'password', username, password }),
  }),
  api: (url) => djangoOAuthToolkit({ url: `${url}/o`, grant: 'password' }),
  credentials: (username, password) => ({
    client_id: CLIENT_ID.account,
    client_secret: RIGHT_PASSWORD,
    username,
    password,
  }),
};

function nodeProgram(program: string, packages: NpmPackages): Kind['install'] {
  return async (place) => ({
    file: process.execPath,
    args: [join(PROGRAMS, program)],
    env: { [PROGRAM_ENV.packages]: await installNpmPackages(packages, place) },
  });
}

function pythonProgram(name: string, env: Readonly<Record<string, string>> = {}): Kind['install'] {
  return async ({ processes, folder, say }) => {
    const { python, packages } = await installPythonPackages({
      requirements: join(PROGRAMS, `${name}-requirements.txt`),
      processes,
      folder,
      userEnvironment: process.env,
      onInstall: () => say('installing it into node_modules/.cache, this once'),
    });
    return { file: python, args: [join(PROGRAMS, `${name}.py`)], env: { PYTHONPATH: packages, ...env } };
  };
}
