import { expect, it } from 'vitest';
import { clientConfig } from '../../local/clean-environment.ts';
import { worldWithToken } from './world.ts';

it.concurrent('when another consumer had it refreshed, one read is enough', async (test) => {
  const world = await worldWithToken(test);
  const client = world.client();
  await client.fetch(world.resource);
  world.api.model.revokeAccessTokens();
  await world.storeToken();
  const statuses = await world.callTogether([client], 10);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(world.reads()).toHaveLength(1);
  expect(world.requests()).toBe(0);
});

it.concurrent('a resource that answers 401 whatever the token: two calls, an error, and others are not kept waiting', async (test) => {
  const world = await worldWithToken(test);
  const client = world.client();
  const closed = { kind: 'answer', status: 401 } as const;
  await client.fetch(world.resource);
  world.api.faults.add('resource', closed, 2);
  const error = await client.fetch(world.resource).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TokenRejected', message: 'the API refuses the newest token, too' });
  expect((await client.fetch(world.resource)).status).toBe(200);
});

it.concurrent('asks by an SDK client of its own, which gives up a try that SQS never answers, and makes another', async (test) => {
  const world = await worldWithToken(test);
  const sqsConfig = clientConfig(world.endpoint);
  const client = world.client({ refreshRequests: { queueUrl: world.queueUrl, sqsConfig } });
  await client.fetch(world.resource);
  world.api.model.revokeAccessTokens();
  world.aws.faults.add({ operation: 'SendMessage', fault: 'hang' });
  expect((await client.fetch(world.resource)).status).toBe(200);
  expect(world.requests()).toBe(2);
});

it.concurrent('without leave to ask, the call fails and says so', async (test) => {
  const world = await worldWithToken(test);
  const client = world.client({ refreshRequests: undefined } as never);
  await client.fetch(world.resource);
  world.api.model.revokeAccessTokens();
  await expect(client.fetch(world.resource)).rejects.toMatchObject({ code: 'TokenRejected' });
  expect(world.requests()).toBe(0);
});
