import { environmentPrefix } from '../../contract/names.ts';
import { arn, deadLetters, KEY, requestQueue, TOPIC } from './permissions-table.ts';

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: string | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ResourcePolicyRow {
  readonly who: string;
  readonly action: string;
  /** In words, for the document. */
  readonly resource: string;
  /** The resource that carries the policy, and the statement in it. */
  readonly arn: (environment: string) => string;
  readonly statement: (environment: string) => PolicyStatement;
  readonly why: string;
}

const theRequestQueue = (environment: string): string => requestQueue(environment).join();

/** Who may do what by policies of resources: the whole of it. Proven and printed as the rows of IAM's policies are. */
export const RESOURCE_POLICY_ROWS: readonly ResourcePolicyRow[] = [
  {
    who: "rules of this environment (EventBridge, by the queue's policy)",
    action: 'sqs:SendMessage',
    resource: 'request queue',
    arn: theRequestQueue,
    statement: (environment) => ({
      Sid: 'AllowRules',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: theRequestQueue(environment),
      Condition: {
        ArnLike: { 'aws:SourceArn': arn('events', `rule/${environmentPrefix(environment)}-*`) },
      },
    }),
    why: 'asks for a refresh as soon as credentials are stored',
  },
  {
    who: "alarms of this environment (CloudWatch, by the topic's policy)",
    action: 'sns:Publish',
    resource: 'alarm topic',
    arn: () => TOPIC,
    statement: (environment) => ({
      Sid: 'AllowAlarms',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: TOPIC,
      Condition: {
        ArnLike: { 'aws:SourceArn': arn('cloudwatch', `alarm:${environmentPrefix(environment)}-*`) },
      },
    }),
    why: 'tells people',
  },
  {
    who: "the account (by the key's policy)",
    action: 'kms:*',
    resource: 'key',
    arn: () => KEY,
    statement: () => ({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'kms:*',
      Resource: '*',
    }),
    why: 'nobody by itself: policies of IAM can then give it, as the rows above do',
  },
];

const WITHOUT_TLS = { Bool: { 'aws:SecureTransport': 'false' } };

const queueWithoutTls = (queue: string): PolicyStatement => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sqs:*',
  Resource: queue,
  Condition: WITHOUT_TLS,
});

/** What is refused to everyone, whatever other policies say: by ARN of the resource. */
export const refusals = (environment: string): Readonly<Record<string, readonly PolicyStatement[]>> => ({
  ...Object.fromEntries(
    [...requestQueue(environment), ...deadLetters(environment)].map((queue) => [
      queue,
      [queueWithoutTls(queue)],
    ]),
  ),
  [TOPIC]: [
    {
      Sid: 'AllowPublishThroughSSLOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: TOPIC,
      Condition: WITHOUT_TLS,
    },
  ],
});

/** With `consumerRequests: false`. */
export const refusalOfConsumers = (environment: string, roles: readonly string[]): PolicyStatement => ({
  Sid: 'RefuseConsumers',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sqs:SendMessage',
  Resource: theRequestQueue(environment),
  Condition: {
    ArnNotEquals: { 'aws:PrincipalArn': roles },
    Bool: { 'aws:PrincipalIsAWSService': 'false' },
  },
});
