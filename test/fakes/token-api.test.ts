import https from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Fault } from '../../fakes/token-api/faults.ts';
import {
  startTokenApi,
  type TokenApi,
  type TokenApiOptions,
} from '../../fakes/token-api/token-api-server.ts';
import { selfSigned } from '../component/certificate.ts';

const START = Date.UTC(2026, 10, 21);
const MINUTE = 60_000;
const USER = { username: 'demo', password: 'correct horse' };

let now = START;
let api: TokenApi | undefined;

async function start(options: Partial<TokenApiOptions> = {}): Promise<TokenApi> {
  now = START;
  api = await startTokenApi({ users: { demo: USER.password }, now: () => now, ...options });
  return api;
}

afterEach(async () => {
  await api?.close();
  api = undefined;
});

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
  readonly expiresIn?: unknown;
}

/** Fresh connections, so that a fault of one call is not met by the next. */
const post = (path: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(`${api?.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
    redirect: 'manual',
    ...init,
  });

const login = (user: object = USER, init?: RequestInit) => post('/auth/token', user, init);
const refresh = (refreshToken: unknown) => post('/auth/token/refresh', { refreshToken });
const resource = (token?: string) =>
  fetch(
    `${api?.baseUrl}/resource`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );

async function tokensOf(answer: Response | Promise<Response>): Promise<Tokens> {
  const response = await answer;
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: Tokens }).data;
}

describe('the contract', () => {
  it('login answers tokens that open the resource', async () => {
    await start();
    const { token, refreshToken, ...more } = await tokensOf(login());
    expect([typeof token, typeof refreshToken, more]).toEqual(['string', 'string', {}]);
    expect((await resource(token)).status).toBe(200);
  });

  it.each([
    ['a wrong password', { ...USER, password: 'wrong' }],
    ['an unknown user', { ...USER, username: 'nobody' }],
    ['a name that every object has', { username: 'toString', password: 'x' }],
    ['a password that is no string', { ...USER, password: { toString: 'correct horse' } }],
    ['nothing', {}],
  ])('login refuses %s with 401 and a JSON body', async (_, user) => {
    await start();
    const answer = await login(user);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toBeTypeOf('object');
  });

  it('refresh spends the refresh token and answers new tokens; the old access token lives on', async () => {
    await start({ reuseDetection: false });
    const first = await tokensOf(login());
    const second = await tokensOf(refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await resource(second.token)).status).toBe(200);
    expect((await resource(first.token)).status).toBe(200);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(200);
  });

  it('a spent refresh token, presented again, ends the whole session and no other', async () => {
    await start({ reuseDetection: true });
    const other = await tokensOf(login());
    const first = await tokensOf(login());
    const second = await tokensOf(refresh(first.refreshToken));
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    expect((await resource(second.token)).status).toBe(401);
    expect((await resource(other.token)).status).toBe(200);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it('a refresh token that does not rotate goes on', async () => {
    await start({ rotates: false });
    const first = await tokensOf(login());
    const second = await tokensOf(refresh(first.refreshToken));
    expect(second.refreshToken).toBe(first.refreshToken);
    expect((await refresh(first.refreshToken)).status).toBe(200);
  });

  it.each(['unknown', 42, undefined])('refresh refuses the refresh token %s', async (refreshToken) => {
    await start();
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it.each([undefined, 'unknown'])('the resource refuses the access token %s, and says so', async (token) => {
    await start();
    const answer = await resource(token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('there is nothing else', async () => {
    await start();
    expect((await post('/auth/other', {})).status).toBe(404);
    expect((await fetch(`${api?.baseUrl}/auth/token`)).status).toBe(404);
  });

  it('a body that is not JSON is refused', async () => {
    await start();
    expect((await login(USER, { body: '{"username":' })).status).toBe(401);
  });
});

describe('time', () => {
  it('ends an access token to the millisecond', async () => {
    await start({ accessTokenLifetimeSeconds: 1800 });
    const { token } = await tokensOf(login());
    now += 30 * MINUTE - 1;
    expect((await resource(token)).status).toBe(200);
    now += 1;
    expect((await resource(token)).status).toBe(401);
  });

  it('ends a refresh token to the millisecond', async () => {
    const { model } = await start({ refreshTokenLifetimeSeconds: 3600 });
    const { refreshToken = '' } = model.login(USER.username, USER.password) ?? {};
    const late = model.login(USER.username, USER.password)?.refreshToken;
    now += 60 * MINUTE - 1;
    expect((await refresh(refreshToken)).status).toBe(200);
    now += 1;
    expect((await refresh(late)).status).toBe(401);
  });

  it('is stated when asked for: as expiresIn, and in a JWT', async () => {
    await start({ expiresIn: '1800', tokenFormat: 'jwt', accessTokenLifetimeSeconds: 1800 });
    const { token, expiresIn } = await tokensOf(login());
    expect(expiresIn).toBe('1800');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iat: START / 1000, exp: START / 1000 + 1800 });
    expect((await resource(token)).status).toBe(200);
  });
});

describe('lockout', () => {
  it('comes after so many refusals in a row, turns away the right password too, and ends', async () => {
    const { model } = await start({ lockout: { afterRefusals: 3, seconds: 60 } });
    const wrong = () => model.login(USER.username, 'wrong');
    const right = () => model.login(USER.username, USER.password);
    wrong();
    wrong();
    expect(right()).toBeDefined();
    wrong();
    wrong();
    expect(model.isLockedOut(USER.username)).toBe(false);
    wrong();
    expect(model.isLockedOut(USER.username)).toBe(true);
    expect((await login()).status).toBe(401);
    now += MINUTE - 1;
    expect(right()).toBeUndefined();
    now += 1;
    expect(right()).toBeDefined();
  });
});

describe('an operator', () => {
  it('revokes everything', async () => {
    const { model } = await start();
    const { token, refreshToken } = await tokensOf(login());
    model.revokeAll();
    expect([(await resource(token)).status, (await refresh(refreshToken)).status]).toEqual([401, 401]);
    expect((await login()).status).toBe(200);
  });

  it('revokes access tokens only', async () => {
    const { model } = await start();
    const { token, refreshToken } = await tokensOf(login());
    model.revokeAccessTokens();
    expect([(await resource(token)).status, (await refresh(refreshToken)).status]).toEqual([401, 200]);
  });

  it('sets another password', async () => {
    const { model } = await start();
    model.setPassword(USER.username, 'another');
    expect((await login()).status).toBe(401);
    expect((await login({ ...USER, password: 'another' })).status).toBe(200);
  });

  it('reads what happened', async () => {
    const { model } = await start();
    const { refreshToken } = await tokensOf(login());
    await login({ ...USER, password: 'wrong' });
    await refresh(refreshToken);
    await refresh(refreshToken);
    await refresh('unknown');
    expect(model.counters).toEqual({
      logins: 1,
      refusedLogins: 1,
      refreshes: 1,
      refusedRefreshes: 2,
      reuses: 1,
    });
  });
});

describe('faults', () => {
  const meet = (fault: Fault) => api?.faults.add('login', fault, 1);
  const logins = () => api?.model.counters.logins;

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('reset %s the work', async (when, done) => {
    await start();
    meet({ kind: 'reset', when });
    await expect(login()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(logins()).toBe(done);
    expect((await login()).status).toBe(200);
  });

  it('hang before the headers', async () => {
    await start();
    meet({ kind: 'hang', where: 'headers' });
    await expect(login(USER, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('hang in the body', async () => {
    await start();
    meet({ kind: 'hang', where: 'body' });
    const answer = await login(USER, { signal: AbortSignal.timeout(60) });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('byte by byte', async () => {
    await start();
    meet({ kind: 'trickle', millisecondsPerByte: 1 });
    const before = performance.now();
    const { token } = await tokensOf(login());
    expect(performance.now() - before).toBeGreaterThan(60);
    expect((await resource(token)).status).toBe(200);
  });

  it('late', async () => {
    await start();
    meet({ kind: 'slow', milliseconds: 50 });
    const before = performance.now();
    await tokensOf(login());
    expect(performance.now() - before).toBeGreaterThan(45);
  });

  it('8 MiB, which the server never holds as a whole', async () => {
    await start();
    meet({ kind: 'flood', bytes: 8 * 1024 * 1024 });
    const answer = await login();
    expect((await answer.arrayBuffer()).byteLength).toBe(8 * 1024 * 1024);
  });

  it('8 GiB, which end when the client hangs up', async () => {
    await start();
    meet({ kind: 'flood', bytes: 8 * 1024 ** 3 });
    const hangUp = new AbortController();
    const answer = await login(USER, { signal: hangUp.signal });
    await answer.body?.getReader().read();
    hangUp.abort();
    expect((await login()).status).toBe(200);
  });

  it.each([302, 307])('redirect %s to wherever, the work not done', async (status) => {
    await start();
    meet({ kind: 'answer', status, headers: { location: 'http://127.0.0.2/elsewhere' } });
    const answer = await login();
    expect([answer.status, answer.headers.get('location')]).toEqual([status, 'http://127.0.0.2/elsewhere']);
    expect(logins()).toBe(0);
  });

  it.each([408, 429, 500, 502, 503, 504])('status %s with any headers', async (status) => {
    await start();
    meet({ kind: 'answer', status, body: 'oops', headers: { 'retry-after': '7' } });
    const answer = await login();
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
      status,
      '7',
      'oops',
    ]);
  });

  it.each([
    ['an error with status 200', { error: 'server_error' }, '{"error":"server_error"}'],
    ['HTML', '<!doctype html>', '<!doctype html>'],
    ['truncated JSON', '{"data":{"token":"a', '{"data":{"token":"a'],
  ])('%s', async (_, body, expected) => {
    await start();
    meet({ kind: 'answer', status: 200, body });
    const answer = await login();
    expect([answer.status, await answer.text()]).toEqual([200, expected]);
  });

  const data = ({ body }: Answer) => (body as { data: Tokens }).data;

  it.each<[string, (tokens: Tokens) => object]>([
    ['no refresh token', ({ token }) => ({ token })],
    ['expiresIn as a string', (tokens) => ({ ...tokens, expiresIn: '1800' })],
    ['a token of 9 KB', (tokens) => ({ ...tokens, token: 'x'.repeat(9 * 1024) })],
    ['a token that is not ASCII', (tokens) => ({ ...tokens, token: `${tokens.token}é` })],
    ['a token with a line break', (tokens) => ({ ...tokens, token: `${tokens.token}\r\n` })],
    ['wrong types', () => ({ token: 42, refreshToken: [] })],
  ])('the true answer, changed: %s', async (_, change) => {
    await start();
    const seen: object[] = [];
    meet({
      kind: 'change',
      change: (answer) => {
        seen.push(change(data(answer)));
        return { status: 200, body: { data: seen[0] } };
      },
    });
    expect(await tokensOf(login())).toEqual(seen[0]);
    expect(logins()).toBe(1);
  });

  it('befall an endpoint for so many calls, or until cleared', async () => {
    await start();
    const { refreshToken } = await tokensOf(login());
    api?.faults.add('login', { kind: 'answer', status: 500 }, 2);
    expect((await refresh(refreshToken)).status).toBe(200);
    expect([(await login()).status, (await login()).status, (await login()).status]).toEqual([500, 500, 200]);
    api?.faults.add('login', { kind: 'answer', status: 503 });
    expect([(await login()).status, (await login()).status]).toEqual([503, 503]);
    api?.faults.clear();
    expect((await login()).status).toBe(200);
  });

  it('befall an endpoint from one time to another', async () => {
    await start();
    api?.faults.between('login', { kind: 'answer', status: 503 }, START + 1000, START + 2000);
    const statuses: number[] = [];
    for (const at of [999, 1000, 1999, 2000]) {
      now = START + at;
      statuses.push((await login()).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
  });
});

it('pauses: connections are refused and open ones broken; resumes on the same port', async () => {
  const { baseUrl } = await start();
  api?.faults.add('login', { kind: 'hang', where: 'headers' }, 1);
  const hanging = login().catch((error: Error) => error);
  await expect.poll(() => api?.mostAtOnce()).toBe(1);
  await api?.pause();
  expect(await hanging).toBeInstanceOf(Error);
  await expect(login()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await api?.resume();
  expect(api?.baseUrl).toBe(baseUrl);
  expect((await login()).status).toBe(200);
});

it('counts a call that hangs as under way', async () => {
  await start();
  api?.faults.add('login', { kind: 'hang', where: 'headers' }, 1);
  const giveUp = new AbortController();
  const hanging = login(USER, { signal: giveUp.signal }).catch((error: Error) => error);
  await expect.poll(() => api?.mostAtOnce()).toBe(1);
  await login();
  expect(api?.mostAtOnce()).toBe(2);
  giveUp.abort();
  await hanging;
});

it('speaks TLS with the key and certificate that it is given', async () => {
  const pem = selfSigned();
  const { baseUrl } = await start({ tls: pem });
  expect(new URL(baseUrl).protocol).toBe('https:');
  const body = await new Promise<string>((resolve, reject) => {
    const get = https.get(`${baseUrl}/resource`, { ca: pem.cert }, (answer) => resolve(text(answer)));
    get.once('error', reject);
  });
  expect(body).toContain('invalid_token');
});
