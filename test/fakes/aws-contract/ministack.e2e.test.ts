import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, it } from 'vitest';
import { clientConfig } from '../../../local/clean-environment.ts';
import { awsContract } from './aws-contract.ts';
import type { OpenQueue, QueueOptions, ReceivedMessage } from './connection.ts';
import { ministackDifferences } from './ministack-differences.ts';

/** Where a MiniStack that nobody else uses is running. */
const endpoint = process.env.MINISTACK_ENDPOINT;

async function createQueue(
  sqs: SQSClient,
  QueueName: string,
  { visibilitySeconds, redrive }: QueueOptions,
): Promise<OpenQueue> {
  const RedrivePolicy =
    redrive &&
    JSON.stringify({ deadLetterTargetArn: redrive.queue.arn, maxReceiveCount: redrive.maxReceiveCount });
  const Attributes = {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    VisibilityTimeout: String(visibilitySeconds),
    ...(RedrivePolicy && { RedrivePolicy }),
  };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const described = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  return {
    url: QueueUrl,
    arn: described.Attributes?.QueueArn ?? '',
    receive: async () => ((await sqs.send(receive)).Messages ?? []).map(asLambdaGetsIt),
    delete: async (ReceiptHandle) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    },
  };
}

const asLambdaGetsIt = (message: Message): ReceivedMessage => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: message.Attributes as ReceivedMessage['attributes'],
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType = '', StringValue = '' }]) => [
      name,
      { dataType: DataType, stringValue: StringValue },
    ]),
  ),
});

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
        createQueue: (name, options) => createQueue(clients.sqs, name, options),
        cleanup: async () => {
          for (const client of Object.values(clients)) client.destroy();
        },
      };
    },
  });
}
