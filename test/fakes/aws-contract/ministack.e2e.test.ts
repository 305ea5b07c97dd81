import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, it } from 'vitest';
import { clientConfig } from '../../../local/clean-environment.ts';
import { awsContract } from './aws-contract.ts';
import { ministackDifferences } from './ministack-differences.ts';

/** Where a MiniStack that nobody else uses is running. */
const endpoint = process.env.MINISTACK_ENDPOINT;

if (endpoint === undefined || endpoint === '') {
  describe('MiniStack does as AWS does', () => {
    it.skip('skipped: MINISTACK_ENDPOINT does not say where a MiniStack runs', () => {});
  });
} else {
  awsContract({
    name: 'MiniStack does as AWS does',
    knownDifferences: ministackDifferences,
    connect: async () => {
      const config = clientConfig(endpoint);
      const clients = {
        ssm: new SSMClient(config),
        secrets: new SecretsManagerClient(config),
        sqs: new SQSClient(config),
      };
      return {
        ...clients,
        prefix: 'contract',
        now: Date.now,
        pass: (seconds) => sleep(seconds * 1000),
        cleanup: async () => {
          for (const client of Object.values(clients)) client.destroy();
        },
      };
    },
  });
}
