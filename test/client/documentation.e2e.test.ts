import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examples, run } from './documentation.ts';
import { openWorld, type World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'token-refresher-documentation-'));
let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.storeToken();
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const hasAwsCli = (() => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

it('there are examples to run', () => {
  expect(examples('sh').length).toBeGreaterThanOrEqual(2);
});

/** Where there is no AWS CLI these are reported as skipped. */
it.skipIf(!hasAwsCli).each(examples('sh'))(
  'the example at $place runs, and the API accepts its token',
  async (example) => {
    const before = world.answers.length;
    await run('sh', example, { world, folder });
    expect(world.answers.slice(before)).toEqual([200]);
  },
);

it.skipIf(!hasAwsCli)(
  'that of the AWS CLI in the documentation asks for a refresh after a revocation',
  async () => {
    const example = examples('sh').find(({ place }) => place.startsWith('docs/consumers.md'));
    if (example === undefined) throw new Error('docs/consumers.md has no example for the AWS CLI');
    world.api.model.revokeAccessTokens();
    const before = world.answers.length;
    expect(await run('sh', example, { world, folder })).toMatch(/\b200\n$/);
    expect(world.answers.slice(before)).toEqual([401, 200]);
  },
);
