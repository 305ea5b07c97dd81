/**
 * AWS in memory, the refresher and a token API for the Python tests: says where they are in a line of JSON, and then
 * answers each line it is sent with another.
 */
import { createInterface } from 'node:readline';
import { openWorld } from '../../test/client/world.ts';

const world = await openWorld();
await world.storeToken();
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const commands: Readonly<Record<string, () => unknown>> = {
  revoke: () => world.api.model.revokeAccessTokens(),
  throttle: () =>
    void world.aws.faults.add({
      operation: 'GetParameter',
      fault: 'throttle',
      times: Number.POSITIVE_INFINITY,
    }),
  relent: () => world.aws.faults.clear(),
  report: () => ({
    ...world.api.model.counters,
    reads: world.reads(),
    answers: world.answers,
    requests: world.requests(),
  }),
};

say({ endpoint: world.aws.endpoint, queueUrl: world.queueUrl, resource: world.resource });
for await (const line of createInterface({ input: process.stdin })) say((await commands[line]?.()) ?? null);
await world.close();
