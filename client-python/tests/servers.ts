/**
 * AWS, the refresher and a token API for the Python tests: says where they are in a line of JSON, and then answers each
 * line it is sent with another. AWS is in memory, unless MINISTACK_ENDPOINT says where a MiniStack is.
 */
import { createInterface } from 'node:readline';
import { openMiniStackWorld } from '../../test/client/ministack-world.ts';
import { ENVIRONMENT, openWorld } from '../../test/client/world.ts';

const { MINISTACK_ENDPOINT: ministack = '' } = process.env;
const world = ministack === '' ? await inMemory() : await onMiniStack(ministack);
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const commands: Readonly<Record<string, () => unknown>> = {
  revoke: () => world.api.model.revokeAccessTokens(),
  report: () => ({ ...world.api.model.counters, answers: world.answers, requests: world.requests() }),
};

const { endpoint, environment, queueUrl, resource } = world;
say({ endpoint, environment, queueUrl, resource });
for await (const line of createInterface({ input: process.stdin })) say((await commands[line]?.()) ?? null);
await world.close();

async function inMemory() {
  const world = await openWorld();
  await world.storeToken();
  return { ...world, environment: ENVIRONMENT };
}

async function onMiniStack(endpoint: string) {
  const world = await openMiniStackWorld(endpoint);
  return { ...world, requests: world.received };
}
