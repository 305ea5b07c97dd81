import {
  accessTokenParameter,
  credentialsSecret,
  environmentPrefix,
  requestQueueName,
  sessionParameter,
  stackName,
} from '../../contract/names.ts';

/** Where the stack of a test goes. */
const PLACE = 'ap-southeast-2:123456789012';
export const arn = (service: string, rest: string): string => `arn:aws:${service}:${PLACE}:${rest}`;

export const KEY = arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
export const TOPIC = arn('sns', 'the-stacks-topic');
/** As they stand in the test's templates, but for what the CDK and CloudFormation append to their names. */
const LOGS = {
  refresher: arn('logs', 'log-group:RefresherFunctionLogs'),
  cleanUp: arn('logs', 'log-group:RefresherCleanUpLogs'),
} as const;
const streamsOf = (logGroup: string): string => `${logGroup}:*`;
const queue = (name: string): string => arn('sqs', name);

export const PRINCIPALS = {
  refresher: 'refresher (function)',
  network: "Lambda itself, in the refresher's name, with `network`",
  schedules: 'schedules',
  cleanUp: 'clean-up (function)',
  operator: 'operator (managed policy)',
  reader: 'reader (managed policy, `grantRead`)',
  requester: 'requester (`grantRequestRefresh`)',
} as const;

export interface Row {
  readonly principal: keyof typeof PRINCIPALS;
  readonly actions: readonly string[];
  /** In words, for the document. */
  readonly resource: string;
  /** ARNs in an environment; asked once for each token. A reader and a requester have one token. */
  readonly arns: (environment: string, token: string) => readonly string[];
  /** Through which service a key is used, and for which resources, as that service's encryption context says. */
  readonly through?: {
    readonly service: 'ssm' | 'secretsmanager';
    readonly context: (environment: string, token: string) => readonly string[];
  };
  /** The same is denied to code in functions. */
  readonly notByCode?: true;
  readonly why: string;
}

/** Set by Lambda in what code in a function asks for. */
export const CODE_OF_A_FUNCTION = `lambda:SourceFunctionArn=${arn('lambda', 'function:*')}`;

const parameters = {
  accessToken: (environment: string, token: string) =>
    arn('ssm', `parameter${accessTokenParameter(environment, token)}`),
  session: (environment: string, token: string) =>
    arn('ssm', `parameter${sessionParameter(environment, token)}`),
};
const bothParameters = (environment: string, token: string) => [
  parameters.accessToken(environment, token),
  parameters.session(environment, token),
];
const madeSecret = (environment: string, token: string) =>
  arn('secretsmanager', `secret:${credentialsSecret(environment, token)}-AbCdEf`);
const anySecret = (environment: string) => arn('secretsmanager', `secret:token-refresher/${environment}/*`);
export const requestQueue = (environment: string) => [queue(requestQueueName(environment))];
export const deadLetters = (environment: string) => [
  queue(`${environmentPrefix(environment)}-dead-letters.fifo`),
];

/** Who may do what by policies of IAM: the whole of it. Proven against the templates, printed into docs/security.md. */
export const ROWS: readonly Row[] = [
  {
    principal: 'refresher',
    actions: ['ssm:GetParameters', 'ssm:PutParameter'],
    resource: 'access token and session of each token',
    arns: bothParameters,
    why: 'reads what it knows, writes what it got',
  },
  {
    principal: 'refresher',
    actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    resource: 'credentials of each token',
    arns: (environment, token) => [madeSecret(environment, token)],
    why: 'logs in; sees new versions without reading them',
  },
  {
    principal: 'refresher',
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    resource: 'key, through Parameter Store, for these parameters',
    arns: () => [KEY],
    through: { service: 'ssm', context: bothParameters },
    why: '`Encrypt` for standard parameters, `GenerateDataKey` for advanced ones',
  },
  {
    principal: 'refresher',
    actions: ['kms:Decrypt'],
    resource: 'key, through Secrets Manager, for these secrets',
    arns: () => [KEY],
    through: {
      service: 'secretsmanager',
      context: (environment, token) => [madeSecret(environment, token)],
    },
    why: 'reads the credentials',
  },
  {
    principal: 'refresher',
    actions: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ],
    resource: 'request queue',
    arns: requestQueue,
    why: 'Lambda receives and deletes in its name; it puts requests off itself',
  },
  {
    principal: 'refresher',
    actions: ['sqs:SendMessage'],
    resource: 'dead-letter queue',
    arns: deadLetters,
    why: 'puts away what is no request',
  },
  {
    principal: 'refresher',
    actions: ['sqs:SendMessage'],
    resource: 'request queue',
    arns: requestQueue,
    why: 'sends itself a wake-up for a request that has to wait, so that it blocks no other',
  },
  {
    principal: 'refresher',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: 'its log group',
    arns: () => [streamsOf(LOGS.refresher)],
    why: 'its log, which metrics are made of',
  },
  {
    principal: 'network',
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resource: '`*`, as AWS asks; denied to code in a function, such as the refresher',
    arns: () => ['*'],
    notByCode: true,
    why: 'attaches the refresher to the VPC',
  },
  {
    principal: 'schedules',
    actions: ['sqs:SendMessage'],
    resource: 'request queue',
    arns: requestQueue,
    why: 'asks for refreshes',
  },
  {
    principal: 'cleanUp',
    actions: ['ssm:DeleteParameters'],
    resource:
      'access tokens and sessions of this environment, by a pattern: a removed token is named nowhere',
    arns: (environment) => bothParameters(environment, '*'),
    why: 'no live token stays behind',
  },
  {
    principal: 'cleanUp',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: 'its log group',
    arns: () => [streamsOf(LOGS.cleanUp)],
    why: 'its log',
  },
  {
    principal: 'operator',
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    resource: 'credentials of this environment, by a pattern',
    arns: (environment) => [anySecret(environment)],
    why: 'sets credentials and restores former ones, without reading them',
  },
  {
    principal: 'operator',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resource: 'key, through Secrets Manager, for these secrets',
    arns: () => [KEY],
    through: { service: 'secretsmanager', context: (environment) => [anySecret(environment)] },
    why: 'Secrets Manager asks for both to write; reading takes `GetSecretValue` as well',
  },
  {
    principal: 'operator',
    actions: ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
    resource: 'request queue',
    arns: requestQueue,
    why: 'asks for a refresh',
  },
  {
    principal: 'operator',
    actions: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ],
    resource: 'dead-letter queue',
    arns: deadLetters,
    why: 'reads and drops dead letters',
  },
  {
    principal: 'operator',
    actions: ['scheduler:GetSchedule'],
    resource: 'schedules of this environment',
    arns: (environment) => [arn('scheduler', `schedule/${environmentPrefix(environment)}/*`)],
    why: 'sees whether and when they fire',
  },
  {
    principal: 'operator',
    actions: ['cloudformation:DescribeStacks'],
    resource: 'stack',
    arns: (environment) => [arn('cloudformation', `stack/${stackName(environment)}/*`)],
    why: 'sees what is deployed',
  },
  {
    principal: 'operator',
    actions: ['sns:ListSubscriptionsByTopic'],
    resource: 'alarm topic',
    arns: () => [TOPIC],
    why: 'sees who is told',
  },
  {
    principal: 'operator',
    actions: ['cloudwatch:DescribeAlarms'],
    resource: 'alarms of this environment',
    arns: (environment) => [arn('cloudwatch', `alarm:${environmentPrefix(environment)}-*`)],
    why: 'sees what is wrong',
  },
  {
    principal: 'operator',
    actions: ['logs:FilterLogEvents', 'logs:GetQueryResults', 'logs:StartQuery'],
    resource: 'log group of the refresher',
    arns: () => [LOGS.refresher, streamsOf(LOGS.refresher)],
    why: 'sees why; the log holds no secret',
  },
  {
    principal: 'operator',
    actions: ['lambda:ListEventSourceMappings', 'ssm:DescribeParameters'],
    resource: '`*`: the actions know no resource, and show no value',
    arns: () => ['*'],
    why: 'sees how and until when a token was got, and whether the queue reaches the function',
  },
  {
    principal: 'reader',
    actions: ['ssm:GetParameter', 'ssm:GetParameters'],
    resource: 'access token of one token',
    arns: (environment, token) => [parameters.accessToken(environment, token)],
    why: 'reads the token',
  },
  {
    principal: 'reader',
    actions: ['kms:Decrypt'],
    resource: 'key, through Parameter Store, for this parameter',
    arns: () => [KEY],
    through: {
      service: 'ssm',
      context: (environment, token) => [parameters.accessToken(environment, token)],
    },
    why: 'decrypts it; another parameter has another context',
  },
  {
    principal: 'requester',
    actions: ['sqs:SendMessage'],
    resource: 'request queue',
    arns: requestQueue,
    why: 'asks for a refresh after a 401, of any token of the environment',
  },
];
