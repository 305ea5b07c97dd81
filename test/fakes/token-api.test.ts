/** What test/component/ does not show of this API by what the refresher makes of it. */
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import {
  startTokenApi,
  type TokenApi,
  type TokenApiOptions,
} from '../../fakes/token-api/token-api-server.ts';

const START = Date.UTC(2026, 10, 21);
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
const post = (path: string, body: unknown, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(`${api?.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
    signal,
  });

const login = (user: object = USER, signal?: AbortSignal) => post('/auth/token', user, signal);
const refresh = (refreshToken: unknown) => post('/auth/token/refresh', { refreshToken });
const resource = (token = 'unknown') =>
  fetch(`${api?.baseUrl}/resource`, { headers: { authorization: `Bearer ${token}` } });

async function tokensOf(answer: Response | Promise<Response>): Promise<Tokens> {
  const response = await answer;
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: Tokens }).data;
}

describe('the contract', () => {
  it.each([
    ['a wrong password', { ...USER, password: 'wrong' }],
    ['an unknown user', { ...USER, username: 'nobody' }],
    ['a name that every object has', { username: 'toString', password: 'x' }],
    ['nothing', {}],
  ])('login refuses %s with 401', async (_, user) => {
    await start();
    expect((await login(user)).status).toBe(401);
  });

  it('refresh spends the refresh token and answers new tokens; the old access token lives on', async () => {
    await start({ reuseDetection: false });
    const first = await tokensOf(login());
    const second = await tokensOf(refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    for (const { token } of [first, second]) expect((await resource(token)).status).toBe(200);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(200);
    expect((await resource()).status).toBe(401);
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
});

describe('time', () => {
  it('ends tokens to the millisecond', async () => {
    const { model } = await start({ accessTokenLifetimeSeconds: 1800, refreshTokenLifetimeSeconds: 1800 });
    const { token = '', refreshToken } = model.login(USER.username, USER.password) ?? {};
    now += 30 * MINUTE - 1;
    expect(model.accepts(token)).toBe(true);
    now += 1;
    expect(model.accepts(token)).toBe(false);
    expect(model.refresh(refreshToken)).toBeUndefined();
  });

  it('is stated when asked for: as expiresIn, and in a JWT', async () => {
    await start({ expiresIn: '1800', tokenFormat: 'jwt', accessTokenLifetimeSeconds: 1800 });
    const { token, expiresIn } = await tokensOf(login());
    expect(expiresIn).toBe('1800');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iat: START / 1000, exp: START / 1000 + 1800 });
  });
});

it('locks out after so many refusals in a row, turns away the right password too, and ends that', async () => {
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
  now += MINUTE - 1;
  expect(right()).toBeUndefined();
  now += 1;
  expect(right()).toBeDefined();
});

it('lets an operator revoke tokens and set another password, and read what happened', async () => {
  const { model } = await start();
  const { token, refreshToken } = await tokensOf(login());
  model.revokeAccessTokens();
  expect((await resource(token)).status).toBe(401);
  await tokensOf(refresh(refreshToken));
  await refresh(refreshToken);
  const second = await tokensOf(login());
  model.revokeAll();
  expect((await refresh(second.refreshToken)).status).toBe(401);
  model.setPassword(USER.username, 'another');
  expect((await login()).status).toBe(401);
  expect((await login({ ...USER, password: 'another' })).status).toBe(200);
  expect(model.counters).toEqual({
    logins: 3,
    refusedLogins: 1,
    refreshes: 1,
    refusedRefreshes: 2,
    reuses: 1,
  });
});

it('meets an endpoint with faults for so many calls, until cleared, or from one time to another', async () => {
  const { faults } = await start();
  const statuses = async (count: number) => {
    const found: number[] = [];
    for (let call = 0; call < count; call++) found.push((await login()).status);
    return found;
  };
  const { refreshToken } = await tokensOf(login());
  faults.add('login', { kind: 'answer', status: 500 }, 2);
  expect((await refresh(refreshToken)).status).toBe(200);
  expect(await statuses(3)).toEqual([500, 500, 200]);
  faults.add('login', { kind: 'answer', status: 503 });
  expect(await statuses(2)).toEqual([503, 503]);
  faults.clear();
  faults.between('login', { kind: 'answer', status: 503 }, START + 1000, START + 2000);
  for (const [at, status] of [
    [999, 200],
    [1000, 503],
    [1999, 503],
    [2000, 200],
  ] as const) {
    now = START + at;
    expect(await statuses(1)).toEqual([status]);
  }
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
  const hanging = login(USER, giveUp.signal).catch((error: Error) => error);
  await expect.poll(() => api?.mostAtOnce()).toBe(1);
  await login();
  expect(api?.mostAtOnce()).toBe(2);
  giveUp.abort();
  await hanging;
});
