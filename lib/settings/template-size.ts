import { isGood } from './parser.ts';
import type { TokensOfEnvironment } from './tokens.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_IN_TEMPLATE = 500;

/** What a template holds whatever its tokens, at most: a test counts it. */
export const RESOURCES_OF_ENVIRONMENT: Readonly<Record<string, number>> = {
  'AWS::CDK::Metadata': 1,
  'AWS::CloudWatch::Alarm': 9,
  'AWS::CloudWatch::Dashboard': 1,
  'AWS::IAM::ManagedPolicy': 4,
  'AWS::IAM::Policy': 1,
  'AWS::IAM::Role': 3,
  'AWS::KMS::Alias': 1,
  'AWS::KMS::Key': 1,
  'AWS::Lambda::EventInvokeConfig': 1,
  'AWS::Lambda::EventSourceMapping': 1,
  'AWS::Lambda::Function': 2,
  'AWS::Logs::LogGroup': 2,
  'AWS::Logs::MetricFilter': 2,
  'AWS::Logs::QueryDefinition': 5,
  'AWS::SNS::Subscription': 1,
  'AWS::SNS::Topic': 1,
  'AWS::SNS::TopicPolicy': 1,
  'AWS::SQS::Queue': 2,
  'AWS::SQS::QueuePolicy': 2,
  'AWS::Scheduler::ScheduleGroup': 1,
  'Custom::TokenRefresherCleanUp': 1,
};

/** What each token adds, beside a secret unless it adopts one and a policy if it has readers: a test counts it. */
export const RESOURCES_OF_TOKEN: Readonly<Record<string, number>> = {
  'AWS::CloudWatch::Alarm': 3,
  'AWS::Events::Rule': 1,
  'AWS::Scheduler::Schedule': 1,
};

const sum = (resources: Readonly<Record<string, number>>): number =>
  Object.values(resources).reduce((total, count) => total + count, 0);

/**
 * The most tokens that there may be fit into a template, but not with readers for all. The CDK would refuse that as well,
 * and say only of which types there are how many.
 */
export function checkReaders({ path, tokens: written }: Pick<TokensOfEnvironment, 'path' | 'tokens'>): void {
  const tokens = written.map(({ parts: { credentialsSecretArn, readerPolicy } }) => ({
    credentialsSecretArn,
    readerPolicy,
  }));
  if (!tokens.every(isGood)) return;
  const secrets = tokens.filter(({ credentialsSecretArn }) => credentialsSecretArn === undefined).length;
  const readers = tokens.filter(({ readerPolicy }) => readerPolicy).length;
  const others = sum(RESOURCES_OF_ENVIRONMENT) + tokens.length * sum(RESOURCES_OF_TOKEN) + secrets;
  const most = MOST_IN_TEMPLATE - others;
  if (readers <= most) return;
  const rule =
    `must be true for at most ${most} of ${tokens.length} tokens, since a template holds ${MOST_IN_TEMPLATE} resources: ` +
    'for the others, copy the policy in docs/security.md';
  path.to('readerPolicy').refuse(rule, `${readers}`);
}
