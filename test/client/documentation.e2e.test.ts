import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Environment } from '../../local/clean-environment.ts';
import { withAwsCli } from './aws-cli.ts';
import { examples, RESOURCE, run } from './documentation.ts';
import { PARAMETER, worldWithToken } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'token-refresher-documentation-'));
let env: Environment;
beforeAll(async () => {
  env = await withAwsCli(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const ofAwsCli = examples('sh');
const asking = ofAwsCli.filter(({ asksForRefresh }) => asksForRefresh);
const printing = examples('sh', 'aws ssm get-parameter').filter(
  ({ text }) => text.startsWith('aws') && !text.includes(RESOURCE),
);

it('there are examples to run', () => {
  expect(ofAwsCli.length).toBeGreaterThanOrEqual(2);
  expect(asking.length).toBeGreaterThanOrEqual(1);
  expect(printing.length).toBeGreaterThanOrEqual(1);
});

it.for(ofAwsCli)('the example at $place runs, and the API accepts its token', async (example, test) => {
  const world = await worldWithToken(test);
  await run('sh', example, { world, folder, env });
  expect(world.answers).toEqual([200]);
});

it.for(asking)('the example at $place asks for a refresh after a revocation', async (example, test) => {
  const world = await worldWithToken(test);
  world.api.model.revokeAccessTokens();
  expect(await run('sh', example, { world, folder, env })).toMatch(/\b200\n$/);
  expect(world.answers).toEqual([401, 200]);
});

it.for(printing)('the example at $place prints the token', async (example, test) => {
  const world = await worldWithToken(test);
  const { Parameter } = world.aws.parameters.getParameter({ Name: PARAMETER, WithDecryption: true });
  expect(await run('sh', example, { world, folder, env })).toBe(`${Parameter?.Value}\n`);
});
