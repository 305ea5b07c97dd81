import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmArns } from './arns.ts';

export interface AlarmTopicProps {
  readonly environment: string;
  /** Default: the topic starts without a subscriber. */
  readonly email?: string | undefined;
}

/** The topic that an environment's alarms go to. */
export function alarmTopic(scope: Construct, id: string, { environment, email }: AlarmTopicProps): Topic {
  const topic = new Topic(scope, id, { displayName: `Token refresher ${environment}`, enforceSSL: true });
  // A topic policy takes the place of the default one, which would have admitted the account's alarms.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnLike: { 'aws:SourceArn': alarmArns(scope, environment) } },
    }),
  );
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
