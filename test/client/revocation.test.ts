import { describe, expect, it } from 'vitest';
import { fetchByFewSockets } from './fetch-by-few-sockets.ts';
import { type World, worldWithToken } from './world.ts';

/** Reads and seconds, both counted from the first read on. */
const readsAndSeconds = (world: World) => {
  const times = world.reads();
  return { reads: times.length, seconds: (Date.now() - (times[0] ?? 0)) / 1000 };
};

const SLOWEST_MS = 60_000;

describe('after a revocation, parallel requests that all get 401', { timeout: SLOWEST_MS }, () => {
  it('1,000 in one process: one refresh, one request, a read a second, and all succeed', async (test) => {
    const world = await worldWithToken(test);
    const client = world.client({ fetch: fetchByFewSockets });
    await client.fetch(world.resource);
    world.api.model.revokeAccessTokens();

    const statuses = await world.callTogether([client], 1000);

    expect(statuses.filter((status) => status === 200)).toHaveLength(1000);
    expect(world.answers.filter((status) => status === 401)).toHaveLength(1000);
    expect(world.api.model.counters).toMatchObject({ logins: 1, refreshes: 1, reuses: 0 });
    expect(world.requests()).toBe(1);
    const { reads, seconds } = readsAndSeconds(world);
    expect(reads).toBeLessThanOrEqual(1 + seconds);
  });

  it('20 in each of ten processes: one refresh, and each reads at most once a second', async (test) => {
    const world = await worldWithToken(test);
    const clients = Array.from({ length: 10 }, () => world.client({ fetch: fetchByFewSockets }));
    await Promise.all(clients.map((client) => client.fetch(world.resource)));
    world.api.model.revokeAccessTokens();

    const statuses = await world.callTogether(clients, 20);

    expect(statuses.filter((status) => status === 200)).toHaveLength(200);
    expect(world.answers.filter((status) => status === 401)).toHaveLength(200);
    expect(world.api.model.counters).toMatchObject({ logins: 1, refreshes: 1, reuses: 0 });
    expect(world.requests()).toBeLessThanOrEqual(10);
    const { reads, seconds } = readsAndSeconds(world);
    expect(reads).toBeLessThanOrEqual(10 * (1 + seconds));
  });
});
