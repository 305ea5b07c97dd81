import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createTokenClient, type TokenEvent } from '../../client/index.ts';
import { fetchAHundredAtATime } from './fetch-a-hundred-at-a-time.ts';
import { openMiniStackWorld } from './ministack-world.ts';
import { TOKEN } from './world.ts';

/** Where a MiniStack is running. */
const endpoint = process.env.MINISTACK_ENDPOINT ?? '';

describe.skipIf(endpoint === '')('on a MiniStack', () => {
  it('after a revocation 1,000 parallel requests cause one refresh, and all succeed', async () => {
    const { environment, ssm, sqs, queueUrl, api, resource, received, close } =
      await openMiniStackWorld(endpoint);
    const events: TokenEvent[] = [];
    const client = createTokenClient({
      environment,
      token: TOKEN,
      ssm,
      refreshRequests: { queueUrl, sqs },
      fetch: fetchAHundredAtATime,
      onEvent: (event) => events.push(event),
    });
    try {
      const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getToken()));
      expect(new Set(tokens).size).toBe(1);
      expect(events).toMatchObject([{ type: 'read', outcome: 'new' }]);

      api.model.revokeAccessTokens();
      const startedAt = Date.now();
      const call = async () => (await client.fetch(resource)).status;
      const statuses = await Promise.all(Array.from({ length: 1000 }, call));

      expect(statuses.filter((status) => status === 200)).toHaveLength(1000);
      expect(api.model.counters).toMatchObject({ logins: 1, refreshes: 1, reuses: 0 });
      expect(received()).toBe(1);
      const reads = events.filter(({ type }) => type === 'read').length - 1;
      expect(reads).toBeLessThanOrEqual(1 + (Date.now() - startedAt) / 1000);
    } finally {
      await close();
    }
  });

  it('so they do with the client for Python', async () => {
    const script = join(import.meta.dirname, '../../client-python/test.sh');
    const args = ['--pattern', 'test_revocation.py'];
    const { stderr } = await promisify(execFile)(script, args, { timeout: 240_000 });
    expect(stderr).toMatch(/^Ran [1-9]\d* tests.*\n\nOK\n$/m);
  });
});
