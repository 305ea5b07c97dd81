import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { environmentPrefix } from '../../contract/names.ts';
import type { TokenRefresherStackProps } from '../../lib/token-refresher-stack.ts';
import { deployed, inQuickApp, manyTokens, NETWORK, payments, resourcesOf, stackOf } from '../lib/synth.ts';
import { arn, KEY, requestQueue, TOPIC } from './permissions-table.ts';
import {
  type PolicyStatement,
  RESOURCE_POLICY_ROWS,
  refusalOfConsumers,
  refusals,
} from './resource-policies.ts';

type Policies = Record<string, readonly PolicyStatement[]>;

const statementsIn = (document: unknown): readonly PolicyStatement[] =>
  (document as { Statement: readonly PolicyStatement[] }).Statement;

/** What stands in the policies of resources, by the ARN of the resource. */
const policiesOf = (template: Template): Policies =>
  Object.fromEntries([
    ...resourcesOf(template, 'AWS::SQS::QueuePolicy').map(({ Properties }) => [
      String(Properties.Queues),
      statementsIn(Properties.PolicyDocument),
    ]),
    ...resourcesOf(template, 'AWS::SNS::TopicPolicy').map(({ Properties }) => [
      String(Properties.Topics),
      statementsIn(Properties.PolicyDocument),
    ]),
    ...Object.entries(template.findResources('AWS::KMS::Key')).map(([id, { Properties }]) => [
      deployed(template, { Ref: id }),
      statementsIn(deployed(template, Properties.KeyPolicy)),
    ]),
  ]);

/** What each of them must hold, and nothing else, in any order. */
function expected(environment: string): Policies {
  const denied = Object.entries(refusals(environment));
  const allowed = RESOURCE_POLICY_ROWS.map(
    (row) => [row.arn(environment), [row.statement(environment)]] as const,
  );
  const all = Map.groupBy([...denied, ...allowed], ([arn]) => arn);
  return Object.fromEntries(
    [...all].map(([arn, parts]) => [arn, parts.flatMap(([, statements]) => statements)]),
  );
}

/** Who may act in each role, by its logical id without the hash. */
const assumersIn = (template: Template): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => [
      id.replace(/[\dA-F]{8}$/, ''),
      deployed(template, Properties.AssumeRolePolicyDocument),
    ]),
  );

const assumedBy = (service: string, restriction: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service }, ...restriction }],
});

/** Who may act in the roles of an environment, named as above. */
const whoAssumes = (environment: string): Readonly<Record<string, unknown>> => ({
  RefresherFunctionRole: assumedBy('lambda.amazonaws.com'),
  [`CleanUp${environment[0]?.toUpperCase()}${environment.slice(1)}Role`]: assumedBy('lambda.amazonaws.com'),
  RefresherSchedulesRole: assumedBy('scheduler.amazonaws.com', {
    Condition: {
      StringEquals: {
        'aws:SourceAccount': '123456789012',
        'aws:SourceArn': arn('scheduler', `schedule-group/${environmentPrefix(environment)}`),
      },
    },
  }),
});

const templateFor = (props: Partial<TokenRefresherStackProps>): Template =>
  inQuickApp((app) => Template.fromStack(stackOf(props, app)));

interface Case {
  readonly what: string;
  readonly props: Partial<TokenRefresherStackProps>;
  readonly change?: (policies: Policies) => Policies;
}
const without =
  (...arns: string[]) =>
  (policies: Policies): Policies =>
    Object.fromEntries(Object.entries(policies).filter(([arn]) => !arns.includes(arn)));

const QUEUE = requestQueue('sandbox').join();
const CASES: readonly Case[] = [
  { what: 'a sandbox', props: {} },
  { what: 'a production', props: { name: 'production', production: true } },
  { what: '70 tokens', props: { tokens: manyTokens(70) } },
  { what: 'the keys of AWS', props: { keyArn: 'aws-managed' }, change: without(KEY) },
  {
    what: "a topic of one's own",
    props: { alarmTopicArn: 'arn:aws:sns:ap-southeast-2:123456789012:alarms' },
    change: without(TOPIC),
  },
  {
    what: 'a network and a reader',
    props: { network: NETWORK, tokens: [{ ...payments, readerPolicy: true }] },
  },
];

describe.each(CASES)(
  'the policies of resources, with $what',
  ({ props, change = (policies) => policies }) => {
    const template = templateFor(props);

    it('hold what the table says, and nothing else', () => {
      expect(policiesOf(template)).toEqual(change(expected(props.name ?? 'sandbox')));
    });

    it('let nobody act in a role but Lambda and the schedules of the environment', () => {
      expect(assumersIn(template)).toEqual(whoAssumes(props.name ?? 'sandbox'));
    });

    it('are those of queues, topic and key: nothing else has one', () => {
      const resources = Object.values(template.toJSON().Resources as Record<string, { Type: string }>);
      const withPrincipals = resources.filter((resource) => JSON.stringify(resource).includes('"Principal'));
      const types = [
        ...withPrincipals,
        ...resources.filter(({ Type }) => /Polic(?:y|ies)$|Permission$/.test(Type)),
      ];
      expect(new Set(types.map(({ Type }) => Type))).toEqual(
        new Set(
          [
            'AWS::IAM::ManagedPolicy',
            'AWS::IAM::Policy',
            // Who may assume it.
            'AWS::IAM::Role',
            'AWS::SQS::QueuePolicy',
            'AWS::SNS::TopicPolicy',
            'AWS::KMS::Key',
          ].filter((type) => !/TopicPolicy|KMS/.test(type) || resourcesOf(template, type).length > 0),
        ),
      );
    });
  },
);

it('with `consumerRequests: false` the queue refuses all but the schedules, the function and the rules', () => {
  const policies = policiesOf(templateFor({ consumerRequests: false }));
  const roles = ['<RefresherSchedulesRole>', '<RefresherFunctionRole>'];
  const statements = JSON.parse(
    JSON.stringify(policies).replaceAll(/(?<=<Refresher(?:Schedules|Function)Role)[\dA-F]{8}/g, ''),
  );
  const all = expected('sandbox');
  expect(statements).toEqual({
    ...all,
    [QUEUE]: [...(all[QUEUE] ?? []), refusalOfConsumers('sandbox', roles)],
  });
});
