import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { environmentPrefix, secretPath } from '../../contract/names.ts';
import { alarmArns, logGroupArn, secretArn } from '../arns.ts';
import { acknowledgePatterns } from '../nag.ts';
import type { RequestQueue } from '../request-queue.ts';
import { usedThrough } from './key-conditions.ts';
import { patternsOf } from './refresher-permissions.ts';

export interface OperatorsPolicyProps {
  readonly environment: string;
  readonly key: IKey | undefined;
  readonly requests: RequestQueue;
  readonly logGroup: ILogGroup;
  readonly topic: ITopic;
}

/**
 * Actions without resource-level permissions, so that they need `*`. None of them shows a value.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
const WITHOUT_RESOURCE = ['lambda:ListEventSourceMappings', 'ssm:DescribeParameters'];

/**
 * What the command line needs, as a policy for operators' roles: set and restore credentials without reading them, ask for
 * refreshes, see the state, read and drop dead letters. It does not allow reading tokens.
 */
export function operatorsPolicy(scope: Construct, id: string, props: OperatorsPolicyProps): ManagedPolicy {
  const statements = [...credentials(scope, props), ...requests(props), ...state(scope, props)];
  const policy = new ManagedPolicy(scope, id, {
    path: policyPath(props.environment),
    description: `Operators of the token refresher, ${props.environment}: everything but the tokens and credentials themselves`,
    statements,
  });
  acknowledgePatterns(
    policy,
    statements.flatMap(patternsOf),
    'Patterns are bound to the environment, whose tokens come and go; actions that know no resource show no value.',
  );
  return policy;
}

/** IAM path, by which `aws iam list-policies --path-prefix` finds the policy. A fixed name could exist only once per account. */
export const policyPath = (environment: string): string => `/token-refresher/${environment}/`;

/** For secrets that the stack made, with their key. Permissions for adopted secrets are up to their owner. */
function credentials(scope: Construct, { environment, key }: OperatorsPolicyProps): PolicyStatement[] {
  const secrets = [secretArn(scope, `${secretPath(environment)}*`)];
  const statements = [
    new PolicyStatement({
      sid: 'SetAndRestoreCredentials',
      actions: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      resources: secrets,
    }),
  ];
  if (key === undefined) return statements;
  const encryption = new PolicyStatement({
    sid: 'EncryptCredentials',
    // Secrets Manager asks for both to write; without GetSecretValue nothing is read.
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: usedThrough(scope, 'secretsmanager', secrets),
  });
  return [...statements, encryption];
}

function requests({ requests: { queue, deadLetterQueue } }: OperatorsPolicyProps): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'AskForRefreshes',
      actions: ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
      resources: [queue.queueArn],
    }),
    new PolicyStatement({
      sid: 'ReadAndDropDeadLetters',
      actions: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
      ],
      resources: [deadLetterQueue.queueArn],
    }),
  ];
}

function state(scope: Construct, { environment, logGroup, topic }: OperatorsPolicyProps): PolicyStatement[] {
  const stack = Stack.of(scope);
  const prefix = environmentPrefix(environment);
  const schedules = stack.formatArn({
    service: 'scheduler',
    resource: 'schedule',
    resourceName: `${prefix}/*`,
  });
  const thisStack = stack.formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${stack.stackName}/*`,
  });
  const allowed = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
    new PolicyStatement({ sid, actions, resources });
  return [
    allowed('ReadSchedules', ['scheduler:GetSchedule'], [schedules]),
    allowed('ReadStack', ['cloudformation:DescribeStacks'], [thisStack]),
    allowed('ReadSubscriptions', ['sns:ListSubscriptionsByTopic'], [topic.topicArn]),
    allowed('ReadAlarms', ['cloudwatch:DescribeAlarms'], [alarmArns(scope, environment)]),
    // In both forms, as AWS shows it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/OpenSearch-Dashboards-CreateRole.html
    allowed(
      'QueryLog',
      ['logs:FilterLogEvents', 'logs:GetQueryResults', 'logs:StartQuery'],
      [logGroupArn(scope, logGroup.logGroupName), logGroup.logGroupArn],
    ),
    allowed('ReadWhatKnowsNoResource', WITHOUT_RESOURCE, ['*']),
  ];
}
