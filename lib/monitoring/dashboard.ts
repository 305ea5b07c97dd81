import { ArnFormat, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { CfnDashboard, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { FAILURE_CODES } from '../../contract/failures.ts';
import { environmentPrefix } from '../../contract/names.ts';
import type { ParsedToken } from '../settings/token.ts';
import { alarmName, ENVIRONMENT_ALARMS, TOKEN_ALARMS } from './alarm-names.ts';
import { alarmStates, graph, heading, placed, type Unplaced } from './dashboard-widgets.ts';
import { codeMetric, environmentMetric, tokenMetric } from './metrics.ts';

export interface DashboardProps {
  readonly environment: string;
  /** Read at synthesis. */
  readonly tokens: () => readonly ParsedToken[];
  readonly function: IFunction;
  readonly requestQueue: IQueue;
  readonly deadLetterQueue: IQueue;
}

const HALF = 12;
const THIRD = 8;
const ONE_MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

const DEAD_SHOWN = Duration.minutes(10);

/** A graph with more lines cannot be read. */
const TOKENS_PER_GRAPH = 10;
/** An alarm widget shows as many. */
const ALARMS_PER_WIDGET = 100;

/** The place to look: one dashboard per environment, alarms first. */
export function dashboard(scope: Construct, id: string, props: DashboardProps): CfnDashboard {
  const stack = Stack.of(scope);
  return new CfnDashboard(scope, id, {
    dashboardName: environmentPrefix(props.environment),
    dashboardBody: Lazy.string({
      produce: () =>
        stack.toJsonString({
          start: '-PT6H',
          periodOverride: 'inherit',
          widgets: placed(rows(stack, props)),
        }),
    }),
  });
}

function rows(stack: Stack, props: DashboardProps): Unplaced[][] {
  const { environment } = props;
  const { region } = stack;
  const tokens = props.tokens();
  return [
    ...alarmRows(stack, environment, tokens),
    [heading('## Tokens')],
    ...chunks(tokens, TOKENS_PER_GRAPH).map((some, index, all) =>
      tokenGraphs(region, environment, some, all.length === 1 ? '' : ` (${index + 1} of ${all.length})`),
    ),
    [heading('## Token APIs, and what was asked of the refresher')],
    [failures(region, environment), latency(region, environment), oddRequests(region, environment)],
    [heading('## Function and queues')],
    machinery(region, props),
  ];
}

function alarmRows(stack: Stack, environment: string, tokens: readonly ParsedToken[]): Unplaced[][] {
  const arn = (resourceName: string) =>
    stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const arns = [
    ...ENVIRONMENT_ALARMS.map((kind) => arn(alarmName(environment, kind))),
    ...tokens.flatMap(({ name }) => TOKEN_ALARMS.map((kind) => arn(alarmName(environment, kind, name)))),
  ];
  return chunks(arns, ALARMS_PER_WIDGET).map((some, index, all) => [
    alarmStates(all.length === 1 ? 'Alarms' : `Alarms (${index + 1} of ${all.length})`, some),
  ]);
}

function tokenGraphs(
  region: string,
  environment: string,
  tokens: readonly ParsedToken[],
  part: string,
): Unplaced[] {
  const lines = (metric: (token: string) => Metric) =>
    tokens.map(({ name }) => ({ metric: metric(name), label: name }));
  return [
    graph({
      title: `How long the stored token still lives, after each attempt${part}`,
      region,
      yAxis: 'seconds left',
      width: HALF,
      period: ONE_MINUTE,
      lines: lines((token) => tokenMetric('validityLeft', { environment, token, statistic: 'Minimum' })),
      // Below zero: dead for so long. A token that is dead for hours must not flatten the others.
      least: -DEAD_SHOWN.toSeconds(),
      marks: [{ label: 'dead', value: 0 }],
    }),
    graph({
      title: `How the token was got: by login (1) or by refresh token (0)${part}`,
      region,
      yAxis: '1 login, 0 refresh token',
      width: HALF,
      period: ONE_MINUTE,
      lines: lines((token) => tokenMetric('gotByLogin', { environment, token, statistic: 'Maximum' })),
    }),
  ];
}

const failures = (region: string, environment: string): Unplaced =>
  graph({
    title: 'Failed attempts, by code',
    region,
    yAxis: 'attempts in 5 minutes',
    width: THIRD,
    look: 'stacked',
    period: FIVE_MINUTES,
    lines: FAILURE_CODES.map((code) => ({
      metric: codeMetric('failedAttempt', { environment, code, statistic: 'Sum' }),
      label: code,
    })),
  });

const latency = (region: string, environment: string): Unplaced =>
  graph({
    title: 'How long calls to the token APIs take',
    region,
    yAxis: 'milliseconds',
    width: THIRD,
    period: FIVE_MINUTES,
    lines: [
      {
        metric: environmentMetric('apiLatency', { environment, statistic: 'p50' }),
        label: 'half are faster (p50)',
      },
      {
        metric: environmentMetric('apiLatency', { environment, statistic: 'p99' }),
        label: '99 % are faster (p99)',
      },
    ],
  });

const oddRequests = (region: string, environment: string): Unplaced =>
  graph({
    title: 'Reasons for attention, and messages of no use',
    region,
    yAxis: 'in 5 minutes',
    width: THIRD,
    look: 'stacked',
    period: FIVE_MINUTES,
    lines: [
      { metric: environmentMetric('attention', { environment, statistic: 'Sum' }), label: 'attention' },
      {
        metric: environmentMetric('unknownToken', { environment, statistic: 'Sum' }),
        label: 'for an unknown token',
      },
      {
        metric: environmentMetric('rejectedMessage', { environment, statistic: 'Sum' }),
        label: 'no request at all',
      },
    ],
  });

function machinery(
  region: string,
  { function: lambda, requestQueue, deadLetterQueue }: DashboardProps,
): Unplaced[] {
  const shared = { region, width: THIRD, period: FIVE_MINUTES };
  return [
    graph({
      ...shared,
      title: 'Runs of the function',
      yAxis: 'runs in 5 minutes',
      lines: [
        { metric: lambda.metricInvocations({ statistic: 'Sum' }), label: 'runs' },
        { metric: lambda.metricErrors({ statistic: 'Sum' }), label: 'crashed' },
        { metric: lambda.metricThrottles({ statistic: 'Sum' }), label: 'held back' },
      ],
    }),
    graph({
      ...shared,
      title: 'Age of the oldest request',
      yAxis: 'seconds',
      lines: [
        {
          metric: requestQueue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          label: 'oldest request',
        },
      ],
    }),
    graph({
      ...shared,
      title: 'Dead letters',
      yAxis: 'messages',
      lines: [
        {
          metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
          label: 'waiting for somebody to look',
        },
      ],
    }),
  ];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
