import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createTokenClient } from '../client/index.ts';
import { clientConfig } from '../local/clean-environment.ts';
import type { Section } from './report.ts';
import { interleaved, shown } from './statistics.ts';
import { ENVIRONMENT, openWorld } from './world.ts';

const TOKEN = 'payments-api';
/** With the calls to AWS in memory about 100 ms, as a warm function takes. */
const API_MS = 80;
const LONGER_THAN_A_POLL_MS = 1_200;

/** How long after a 401 the new token is in hand. */
export async function recoverySection(rounds: number): Promise<Section> {
  const after = async (waitMs: number): Promise<number> => {
    await using world = await openWorld([TOKEN]);
    world.api.faults.add('refresh', { kind: 'slow', milliseconds: API_MS });
    const config = clientConfig(world.aws.endpoint);
    const client = createTokenClient({
      environment: ENVIRONMENT,
      token: TOKEN,
      ssm: new SSMClient(config),
      refreshRequests: { queueUrl: world.queueUrl, sqs: new SQSClient(config) },
    });
    const rejected = await client.getToken();
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    world.api.model.revokeAccessTokens();
    const startedAt = performance.now();
    await client.getToken({ rejected });
    return performance.now() - startedAt;
  };
  const { some, none } = await interleaved(rounds, {
    some: () => after(LONGER_THAN_A_POLL_MS),
    none: () => after(0),
  });
  return {
    title: 'From a 401 to a new token',
    text: `The TypeScript client, a warm refresher whose token API takes ${API_MS} ms. Most of it is the wait for the first poll, 200 to 500 ms at random, so that many processes spread.`,
    head: ['the rejected token was read', 'milliseconds: median (least to most)'],
    rows: [
      ['more than a poll interval ago', shown(some)],
      ['just before', shown(none)],
    ],
    targets: [
      { what: '401 to new token', target: 450, seen: some.median, unit: 'ms' },
      { what: '401 to new token, the old one just read', target: 600, seen: none.median, unit: 'ms' },
    ],
  };
}
