import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { startMemoryAws } from '../../../fakes/memory-aws/server.ts';
import { sqsRecord } from '../../../fakes/memory-aws/sqs-record.ts';
import { clientConfig } from '../../../local/clean-environment.ts';
import { awsContract } from './aws-contract.ts';

awsContract({
  name: 'memory-aws does as AWS does',
  connect: async () => {
    let now = Date.now();
    const aws = await startMemoryAws({ now: () => now });
    const config = clientConfig(aws.endpoint);
    const clients = {
      ssm: new SSMClient(config),
      secrets: new SecretsManagerClient(config),
      sqs: new SQSClient(config),
    };
    return {
      ...clients,
      prefix: 'contract',
      now: () => now,
      pass: async (seconds) => {
        now += seconds * 1000;
      },
      createQueue: async (name, { visibilitySeconds, redrive }) => {
        const queue = aws.queues.create(name, {
          contentBasedDeduplication: true,
          deduplicationScope: 'messageGroup',
          visibilitySeconds,
          ...(redrive && { redrive: { ...redrive, queue: aws.queues.get(redrive.queue.arn) } }),
        });
        return {
          url: aws.queues.url(name),
          arn: queue.arn,
          receive: async () =>
            queue.receive({ maxMessages: 10 }).map((message) => sqsRecord(message, queue.arn)),
          delete: async (receiptHandle) => queue.delete(receiptHandle),
        };
      },
      cleanup: async () => {
        for (const client of Object.values(clients)) client.destroy();
        await aws.close();
      },
    };
  },
});
