import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { stackName } from '../../contract/names.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../fakes/local-account.ts';
import { deleteStack, logReader, queryCall } from '../../local/aws/emulator.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { bootstrap, deploy } from '../../local/deploy.ts';
import { ENVIRONMENT } from '../../local/local-environment.ts';
import type { Processes } from '../../local/processes.ts';
import { seenFromOutside } from './seen-from-outside.ts';

/** An e-mail, as a subscriber of the topic gets it. */
export interface Notification {
  readonly alarm: string;
  readonly state: string;
  readonly description: string;
}

export interface AlarmStage {
  readonly sqs: SQSClient;
  /** Hands the metrics in new log lines to CloudWatch, as AWS does by itself; answers `<name> <value>` of each. */
  bridgeMetrics(): Promise<string[]>;
  /** What the topic has sent since the last call. */
  notifications(): Promise<Notification[]>;
  /**
   * All that has left the stack so far: log, notifications, and what the CDK CLI wrote, at first and in a deployment
   * now; and what whoever looks at it sees.
   */
  emitted(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Deploys the local environment, and subscribes a queue to its alarm topic. */
export async function openAlarmStage(
  endpoint: string,
  { processes, folder, tokenApiUrl }: { processes: Processes; folder: string; tokenApiUrl: string },
): Promise<AlarmStage> {
  const options = { processes, endpoint, tokenApiUrl, folder };
  await bootstrap(options);
  const stack = stackName(ENVIRONMENT);
  const { outputs, printed } = await deploy(options, stack);
  const sqs = new SQSClient(clientConfig(endpoint));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'alarm-subscriber' }));
  await queryCall(endpoint, 'sns', {
    Action: 'Subscribe',
    Version: '2010-03-31',
    TopicArn: outputs.AlarmTopic ?? '',
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:alarm-subscriber`,
  });
  const newLogLines = logReader(endpoint, outputs.Log ?? '');
  const log: string[] = [];
  const sent: string[] = [];

  return {
    sqs,
    async bridgeMetrics() {
      const lines = await newLogLines();
      log.push(...lines);
      const data = lines.flatMap(embeddedMetrics);
      for (const datum of data) await queryCall(endpoint, 'monitoring', putMetricData(datum));
      return data.map(({ name, value }) => `${name} ${value}`);
    },
    async notifications() {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages.map(({ Body = '' }) => {
        sent.push(Body);
        const { AlarmName, NewStateValue, AlarmDescription } = JSON.parse(JSON.parse(Body).Message);
        return { alarm: AlarmName, state: NewStateValue, description: AlarmDescription };
      });
    },
    emitted: async () => ({
      log: log.join('\n'),
      notifications: sent.join('\n'),
      'first cdk deploy': printed,
      'cdk deploy': (await deploy(options, stack)).printed,
      ...(await seenFromOutside(endpoint, stack)),
    }),
    async close() {
      sqs.destroy();
      await deleteStack(endpoint, stack);
    },
  };
}

interface EmbeddedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [string, string])[];
  readonly value: number;
  readonly at: number;
}

interface EmbeddedLine {
  readonly [field: string]: unknown;
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function embeddedMetrics(logLine: string): EmbeddedMetric[] {
  if (!logLine.includes('"_aws"')) return [];
  const line: EmbeddedLine = JSON.parse(logLine);
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.flatMap(({ Name }) =>
        [line[Name]].flat().map((value) => ({
          namespace: Namespace,
          name: Name,
          dimensions: names.map((name) => [name, String(line[name])] as const),
          value: Number(value),
          at: line._aws.Timestamp,
        })),
      ),
    ),
  );
}

function putMetricData({ namespace, name, dimensions, value, at }: EmbeddedMetric): Record<string, string> {
  const datum = 'MetricData.member.1';
  const named = dimensions.flatMap(([dimension, dimensionValue], index) => [
    [`${datum}.Dimensions.member.${index + 1}.Name`, dimension],
    [`${datum}.Dimensions.member.${index + 1}.Value`, dimensionValue],
  ]);
  return {
    Action: 'PutMetricData',
    Version: '2010-08-01',
    Namespace: namespace,
    [`${datum}.MetricName`]: name,
    [`${datum}.Value`]: String(value),
    [`${datum}.Timestamp`]: new Date(at).toISOString(),
    ...Object.fromEntries(named),
  };
}
