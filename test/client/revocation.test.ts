import { describe, expect, it } from 'vitest';
import { fetchAHundredAtATime } from './fetch-a-hundred-at-a-time.ts';
import { type World, worldWithToken } from './world.ts';

/** A client, and when its reads began. */
function clientWithReads(world: World) {
  const readsAt: number[] = [];
  const client = world.client({
    fetch: fetchAHundredAtATime,
    onEvent: (event) => {
      if (event.type === 'read') readsAt.push(performance.now() - event.durationMs);
    },
  });
  return { client, readsAt };
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, i) => time - (times[i] ?? 0));

/** A second, but for what two clocks differ by. */
const A_SECOND_MS = 990;

const SLOWEST_MS = 60_000;

describe('after a revocation, parallel requests that all get 401', { timeout: SLOWEST_MS }, () => {
  it.for([
    { what: '1,000 in one process', processes: 1, calls: 1000 },
    { what: '20 in each of ten processes', processes: 10, calls: 20 },
  ])(
    '$what: one refresh, a request and hardly more than a read a second by each, and all succeed',
    async (run, test) => {
      const { processes, calls } = run;
      const world = await worldWithToken(test);
      const consumers = Array.from({ length: processes }, () => clientWithReads(world));
      const clients = consumers.map(({ client }) => client);
      await Promise.all(clients.map((client) => client.fetch(world.resource)));
      world.api.model.revokeAccessTokens();

      const statuses = await world.callTogether(clients, calls);

      expect(statuses.filter((status) => status === 200)).toHaveLength(processes * calls);
      expect(world.answers.filter((status) => status === 401)).toHaveLength(processes * calls);
      expect(world.api.model.counters).toMatchObject({ logins: 1, refreshes: 1, reuses: 0 });
      expect(world.requests()).toBeLessThanOrEqual(processes);
      for (const { readsAt } of consumers) {
        expect(readsAt.length).toBeGreaterThan(1);
        // The first poll comes sooner, once.
        expect(Math.min(...gaps(readsAt).slice(1), A_SECOND_MS)).toBeGreaterThanOrEqual(A_SECOND_MS);
      }
    },
  );
});
