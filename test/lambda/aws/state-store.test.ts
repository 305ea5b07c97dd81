import { beforeEach, describe, expect, it } from 'vitest';
import { accessTokenParameter, sessionParameter } from '../../../contract/names.ts';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import type { CredentialsStore } from '../../../lambda/aws/credentials.ts';
import type { ParameterStore, ParameterWrite } from '../../../lambda/aws/parameters.ts';
import { stateStore } from '../../../lambda/aws/state-store.ts';
import { RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { EMPTY_SESSION, hash, type Session } from '../../../lambda/refresh/session.ts';
import type { StateStore, StoredParameter } from '../../../lambda/refresh/state.ts';

const ACCESS_TOKEN = accessTokenParameter('sandbox', 'payments-api');
const SESSION = sessionParameter('sandbox', 'payments-api');
const TIMEOUT_MS = 1000;

let now = 0;
let stored: Map<string, StoredParameter>;
let written: ParameterWrite[];
/** Names whose next write fails. */
let failing: Set<string>;
let currentVersion: () => Promise<string | undefined>;

const parameters: ParameterStore = {
  read: async (names) => new Map([...stored].filter(([name]) => names.includes(name))),
  async write(parameter) {
    if (failing.delete(parameter.name))
      throw new RefreshError('ParametersNotWritten', { detail: 'Throttled' });
    written.push(parameter);
    return put(parameter.name, parameter.value);
  },
};

const credentials: CredentialsStore = {
  currentVersion: () => currentVersion(),
  read: () => Promise.reject(new Error('not part of the state')),
};

function put(name: string, value: string): number {
  const version = (stored.get(name)?.version ?? 0) + 1;
  stored.set(name, { value, version, writtenAt: now });
  return version;
}

/** A store of its own is a new container: it remembers nothing. */
const container = (): StateStore =>
  stateStore({
    environment: 'sandbox',
    token: 'payments-api',
    settings: {
      api: defaultTokenApi('https://api.example.com'),
      credentialsSecretId: 'secret',
      intervalSeconds: 1500,
      accessTokenLifetimeSeconds: 1800,
      refreshTokenLifetimeSeconds: 604_800,
    },
    parameters,
    credentials,
    clock: { now: () => now, monotonic: () => now, sleep: async () => {}, random: () => 0 },
  });

const sessionOf = (accessToken: string): Session => ({
  ...EMPTY_SESSION,
  granted: {
    accessTokenHash: hash(accessToken),
    how: 'refresh',
    obtainedAt: now,
    expiresAt: Date.parse('2026-11-21T09:30:00.123Z'),
    credentialsVersion: 'v1',
    refreshToken: `refresh-token-of-${accessToken}`,
  },
});

const save = (store: StateStore, accessToken: string) =>
  store.save({ session: sessionOf(accessToken), accessToken }, TIMEOUT_MS);

beforeEach(() => {
  now = Date.parse('2026-11-21T09:00:00Z');
  stored = new Map();
  written = [];
  failing = new Set();
  currentVersion = async () => 'v1';
});

describe('the state of a token', () => {
  it('is empty before the first', async () => {
    currentVersion = async () => undefined;
    expect(await container().load(TIMEOUT_MS)).toEqual({
      session: EMPTY_SESSION,
      whole: false,
      credentials: 'none',
    });
  });

  it('is whole after both parameters were written', async () => {
    expect(await save(container(), 'one')).toEqual({ value: 'one', version: 1, writtenAt: now });
    const state = await container().load(TIMEOUT_MS);
    expect(state).toMatchObject({
      whole: true,
      credentials: { versionId: 'v1' },
      accessToken: { value: 'one', version: 1 },
    });
    expect(state.session).toEqual(sessionOf('one'));
  });

  it('has what was written of it written once', async () => {
    const store = container();
    failing.add(ACCESS_TOKEN);
    await expect(save(store, 'one')).rejects.toThrow('ParametersNotWritten');
    await save(store, 'one');
    expect(written.map(({ name }) => name)).toEqual([SESSION, ACCESS_TOKEN]);
    now += 1_000;
    put(SESSION, JSON.stringify(EMPTY_SESSION));
    await store.load(TIMEOUT_MS);
    now -= 1_000;
    await save(store, 'one');
    expect(written.map(({ name }) => name).slice(2)).toEqual([SESSION, ACCESS_TOKEN]);
  });

  it('stores the plain token, and says in the description how long it lives', async () => {
    await save(container(), 'one');
    expect(written.find(({ name }) => name === ACCESS_TOKEN)).toEqual({
      name: ACCESS_TOKEN,
      value: 'one',
      description: 'how=refresh expires=2026-11-21T09:30:00Z',
    });
    expect(written.map(({ description }) => description).join()).not.toContain('refresh-token-of');
  });

  it.each([
    ['no JSON', '<html>'],
    ['JSON null', 'null'],
    ['another format', JSON.stringify({ ...EMPTY_SESSION, formatVersion: 2 })],
    ['a format without its lists', JSON.stringify({ formatVersion: 1 })],
  ])('has an empty session where the stored one is %s', async (_, value) => {
    put(SESSION, value);
    expect((await container().load(TIMEOUT_MS)).session).toEqual(EMPTY_SESSION);
  });

  it('can be known without Secrets Manager', async () => {
    const trouble = new RefreshError('CredentialsUnreadable');
    currentVersion = () => Promise.reject(trouble);
    expect((await container().load(TIMEOUT_MS)).credentials).toBe(trouble);
  });

  it('lets defects through', async () => {
    currentVersion = () => Promise.reject(new TypeError('defect'));
    await expect(container().load(TIMEOUT_MS)).rejects.toThrow(TypeError);
  });
});

describe('half of a write', () => {
  it('is mended from memory by the same container', async () => {
    const store = container();
    await save(store, 'one');
    failing.add(ACCESS_TOKEN);
    await expect(save(store, 'two')).rejects.toMatchObject({ code: 'ParametersNotWritten' });
    const { session, unsaved } = await store.load(TIMEOUT_MS);
    expect({ session, unsaved }).toEqual({ session: sessionOf('two'), unsaved: { accessToken: 'two' } });
    await store.save({ session, ...unsaved }, TIMEOUT_MS);
    expect(await container().load(TIMEOUT_MS)).toMatchObject({ whole: true, accessToken: { value: 'two' } });
  });

  it('that was the access token is not repeated: consumers would take it for new', async () => {
    const store = container();
    await save(store, 'one');
    const storedAt = now;
    failing.add(SESSION);
    await expect(save(store, 'two')).rejects.toMatchObject({ code: 'ParametersNotWritten' });
    now += 60_000;
    const { session, unsaved } = await store.load(TIMEOUT_MS);
    expect(unsaved).toEqual({});
    failing.add(SESSION);
    await expect(store.save({ session, ...unsaved }, TIMEOUT_MS)).rejects.toThrow();
    expect((await store.load(TIMEOUT_MS)).unsaved).toEqual({});
    expect(await store.save({ session, ...unsaved }, TIMEOUT_MS)).toMatchObject({ writtenAt: storedAt });
    expect((await store.load(TIMEOUT_MS)).unsaved).toBeUndefined();
    expect(await container().load(TIMEOUT_MS)).toMatchObject({
      whole: true,
      accessToken: { value: 'two', version: 2, writtenAt: storedAt },
    });
  });

  it('that lost the access token is seen by another container, which may use the new refresh token', async () => {
    await save(container(), 'one');
    now += 1000;
    failing.add(ACCESS_TOKEN);
    await expect(save(container(), 'two')).rejects.toThrow();
    const state = await container().load(TIMEOUT_MS);
    expect(state).toMatchObject({ whole: false, accessToken: { value: 'one' } });
    expect(state.session.granted?.refreshToken).toBe('refresh-token-of-two');
  });

  it('that lost the session is seen by another container, which must not present the spent refresh token', async () => {
    await save(container(), 'one');
    now += 1000;
    failing.add(SESSION);
    await expect(save(container(), 'two')).rejects.toThrow();
    const state = await container().load(TIMEOUT_MS);
    expect(state).toMatchObject({ whole: false, accessToken: { value: 'two' } });
    expect(state.session.granted?.refreshToken).toBeUndefined();
  });
});

describe('what a container remembers', () => {
  it('outlives a session that could not be recorded', async () => {
    const store = container();
    await save(store, 'one');
    const session = {
      ...sessionOf('one'),
      refused: [{ versionId: 'v2', code: 'CredentialsRefused', at: now, times: 1 }],
    } as const;
    await store.load(TIMEOUT_MS);
    failing.add(SESSION);
    await expect(store.save({ session }, TIMEOUT_MS)).rejects.toThrow();
    const state = await store.load(TIMEOUT_MS);
    expect(state).toMatchObject({ session, whole: true });
    expect(state.unsaved).toBeUndefined();
  });

  it('is newer than a stale read', async () => {
    const store = container();
    await save(store, 'one');
    const before = new Map(stored);
    await save(store, 'two');
    stored = before;
    expect(await store.load(TIMEOUT_MS)).toMatchObject({
      whole: true,
      accessToken: { value: 'two', version: 2 },
    });
  });

  it('gives way to what another container wrote', async () => {
    const store = container();
    await save(store, 'one');
    await save(container(), 'two');
    expect(await store.load(TIMEOUT_MS)).toMatchObject({
      whole: true,
      accessToken: { value: 'two', version: 2 },
    });
  });

  it('gives way when somebody deleted a parameter', async () => {
    const store = container();
    await save(store, 'one');
    stored.delete(ACCESS_TOKEN);
    expect(await store.load(TIMEOUT_MS)).toMatchObject({ whole: false });
    await save(store, 'two');
    stored.clear();
    expect((await store.load(TIMEOUT_MS)).session).toEqual(EMPTY_SESSION);
  });

  it('gives way when somebody deleted both, and another container wrote them anew', async () => {
    const store = container();
    await save(store, 'one');
    await save(store, 'two');
    stored.clear();
    now += 1;
    await save(container(), 'three');
    expect(await store.load(TIMEOUT_MS)).toMatchObject({ accessToken: { value: 'three', version: 1 } });
  });
});
