import { Annotations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmArns } from '../arns.ts';

export interface AlarmTopicProps {
  readonly environment: string;
  /** Default: the topic starts without a subscriber. */
  readonly email?: string | undefined;
  /** Default: not encrypted. The AWS managed key of SNS would lock CloudWatch out: its policy cannot be changed. */
  readonly key?: IKey | undefined;
}

/** The topic that an environment's alarms go to. */
export function alarmTopic(
  scope: Construct,
  id: string,
  { environment, email, key }: AlarmTopicProps,
): Topic {
  const topic = new Topic(scope, id, {
    displayName: `Token refresher ${environment}`,
    enforceSSL: true,
    ...(key !== undefined && { masterKey: key }),
  });
  const conditions = { ArnLike: { 'aws:SourceArn': alarmArns(scope, environment) } };
  const principals = [new ServicePrincipal('cloudwatch.amazonaws.com')];
  // A topic policy replaces the default one, which would have allowed the account's alarms.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals,
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions,
    }),
  );
  if (key !== undefined) admitToKey(scope, key, new PolicyStatement({ ...ENCRYPT, principals, conditions }));
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services */
const ENCRYPT = {
  sid: 'AllowAlarms',
  actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  resources: ['*'],
};

/** Without this permission CloudWatch cannot publish alarms, and reports no error. */
function admitToKey(scope: Construct, key: IKey, statement: PolicyStatement): void {
  if (key.addToResourcePolicy(statement, true).statementAdded) return;
  const advice =
    'its policy must allow cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey*, or no alarm reaches anybody';
  Annotations.of(scope).addWarningV2(
    'token-refresher:alarm-key-policy',
    `The key of the alarm topic is not made here: ${advice}`,
  );
}
