import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { clientConfig } from '../../local/clean-environment.ts';
import { worldWithToken } from './world.ts';

it.concurrent('when another consumer had it refreshed, one read is enough, and a request costs nothing', async (test) => {
  const world = await worldWithToken(test);
  const client = world.client();
  await client.fetch(world.resource);
  world.api.model.revokeAccessTokens();
  await world.storeToken();
  const { refreshes } = world.api.model.counters;
  const statuses = await world.callTogether([client], 10);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(world.reads()).toHaveLength(1);
  expect(world.requests()).toBeLessThanOrEqual(1);
  expect(world.api.model.counters.refreshes).toBe(refreshes);
});

it.concurrent('a resource that answers 401 whatever the token, its young successor three times, too: an error, and others are not kept waiting', async (test) => {
  const world = await worldWithToken(test);
  const client = world.client();
  const closed = { kind: 'answer', status: 401 } as const;
  await client.fetch(world.resource);
  world.api.faults.add('resource', closed, 4);
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

it.concurrent('asks with the Region and credentials that it reads with, unless it is given others', async (test) => {
  const world = await worldWithToken(test);
  const signatures: string[] = [];
  const server = createServer(({ headers }, response) => {
    signatures.push(headers.authorization ?? '');
    response.writeHead(400).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  test.onTestFinished(() => void server.close());
  const queueUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/123456789012/requests.fifo`;
  const of = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 'made-up' });
  const ssmConfig = {
    ...clientConfig(world.endpoint),
    region: 'eu-north-1',
    credentials: of('READER'),
  };
  const sqsConfig = { region: 'us-west-2', credentials: of('SENDER') };
  for (const refreshRequests of [{ queueUrl }, { queueUrl, sqsConfig }]) {
    const client = world.client({ ssm: undefined, ssmConfig, refreshRequests } as never);
    const rejected = await client.getToken();
    await expect(client.getToken({ rejected })).rejects.toMatchObject({ code: 'RefreshRequestFailed' });
  }
  expect(signatures).toEqual([
    expect.stringMatching(/Credential=READER\/\d+\/eu-north-1\/sqs/),
    expect.stringMatching(/Credential=SENDER\/\d+\/us-west-2\/sqs/),
  ]);
});
