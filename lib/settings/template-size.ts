import type { SettingPath } from './setting-error.ts';
import type { ParsedToken } from './token.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_IN_TEMPLATE = 500;

/** By service and type. A test compares both with templates. */
export const RESOURCES = {
  /** At most, whatever the tokens. */
  ofEnvironment: {
    CDK: { Metadata: 1 },
    CloudWatch: { Alarm: 9, Dashboard: 1 },
    Custom: { TokenRefresherCleanUp: 1 },
    IAM: { ManagedPolicy: 4, Policy: 1, Role: 3 },
    KMS: { Alias: 1, Key: 1 },
    Lambda: { EventInvokeConfig: 1, EventSourceMapping: 1, Function: 2 },
    Logs: { LogGroup: 2, MetricFilter: 2, QueryDefinition: 5 },
    SNS: { Subscription: 1, Topic: 1, TopicPolicy: 1 },
    SQS: { Queue: 2, QueuePolicy: 2 },
    Scheduler: { ScheduleGroup: 1 },
  },
  /** Of each, beside a secret unless one is adopted, and a managed policy for readers. */
  ofToken: { CloudWatch: { Alarm: 3 }, Events: { Rule: 1 }, Scheduler: { Schedule: 1 } },
};

const total = (services: Readonly<Record<string, Readonly<Record<string, number>>>>): number =>
  Object.values(services)
    .flatMap((types) => Object.values(types))
    .reduce((sum, count) => sum + count);

/**
 * The maximum number of tokens fits into a template, but not with a reader policy for each. The CDK would refuse that too, but
 * only list resource counts.
 */
export function checkReaders(environment: SettingPath, tokens: readonly ParsedToken[]): void {
  const secrets = tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined).length;
  const readers = tokens.filter(({ readerPolicy }) => readerPolicy).length;
  const others = total(RESOURCES.ofEnvironment) + tokens.length * total(RESOURCES.ofToken) + secrets;
  const most = MOST_IN_TEMPLATE - others;
  if (readers <= most) return;
  const rule =
    `must be true for at most ${most} of ${tokens.length} tokens, since a template holds ${MOST_IN_TEMPLATE} resources: ` +
    'for the others, copy the policy in docs/security.md';
  environment.to('readerPolicy').refuse(rule, `${readers}`);
}
