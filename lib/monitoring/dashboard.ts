import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  CfnDashboard,
  Column,
  GraphWidget,
  type HorizontalAnnotation,
  type IWidget,
  MathExpression,
  type Metric,
  PeriodOverride,
  Row,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { FAILURE_CODES } from '../../contract/failures.ts';
import { environmentPrefix } from '../../contract/names.ts';
import type { ParsedToken } from '../settings/token.ts';
import { codeMetric, environmentMetric, tokenMetric } from './metrics.ts';

export interface DashboardProps {
  readonly environment: string;
  /** Read at synthesis, as are the alarms. */
  readonly tokens: () => readonly ParsedToken[];
  readonly alarms: readonly Alarm[];
  readonly function: IFunction;
  readonly requestQueue: IQueue;
  readonly deadLetterQueue: IQueue;
}

const FULL_WIDTH = 24;
const ONE_MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const ONE_HOUR = Duration.hours(1);

/** A token that expired hours ago must not flatten the lines of the others. */
const LEAST_MINUTES_SHOWN = -10;
/** A graph with more lines cannot be read. */
const TOKENS_PER_GRAPH = 10;
/** CloudWatch's limit. */
const ALARMS_PER_WIDGET = 100;
/** In an alarm widget, by its default width of an alarm. Alarms in state ALARM come first; the rest can be scrolled to. */
const ALARMS_PER_ROW = 4;
const MOST_ALARM_HEIGHT = 6;

/** One dashboard per environment, alarms first. CDK's own Dashboard wants its widgets before all tokens are known. */
export function dashboard(scope: Construct, id: string, props: DashboardProps): CfnDashboard {
  return new CfnDashboard(scope, id, {
    dashboardName: environmentPrefix(props.environment),
    dashboardBody: Lazy.string({
      produce: () => {
        const widgets = new Column(...rows(props));
        widgets.position(0, 0);
        const body = { start: '-PT6H', periodOverride: PeriodOverride.INHERIT, widgets: widgets.toJson() };
        return Stack.of(scope).toJsonString(body);
      },
    }),
  });
}

const rows = (props: DashboardProps): IWidget[] => [
  ...inParts(props.alarms, ALARMS_PER_WIDGET, alarmStates),
  heading('## Tokens'),
  ...inParts(props.tokens(), TOKENS_PER_GRAPH, (tokens, part) => tokenGraphs(props, tokens, part)),
  heading('## Token APIs and requests'),
  requestGraphs(props),
  heading('## Lambda function and queues'),
  machineGraphs(props),
];

const heading = (markdown: string): TextWidget =>
  new TextWidget({ markdown, width: FULL_WIDTH, height: 1, background: TextWidgetBackground.TRANSPARENT });

const alarmStates = (alarms: readonly Alarm[], part: string): AlarmStatusWidget =>
  new AlarmStatusWidget({
    title: `Alarms${part}`,
    alarms: [...alarms],
    width: FULL_WIDTH,
    height: Math.min(1 + Math.ceil(alarms.length / ALARMS_PER_ROW), MOST_ALARM_HEIGHT),
    sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
  });

interface GraphProps {
  readonly title: string;
  readonly yAxis: string;
  readonly period: Duration;
  readonly lines: readonly { readonly metric: Metric | MathExpression; readonly label: string }[];
  /** Default: 0. */
  readonly least?: number;
  readonly stacked?: boolean;
  readonly marks?: HorizontalAnnotation[];
}

const graph = ({
  title,
  yAxis,
  period,
  lines,
  least = 0,
  stacked = false,
  marks = [],
}: GraphProps): GraphWidget =>
  new GraphWidget({
    title,
    width: FULL_WIDTH / 3,
    left: lines.map(({ metric, label }) => metric.with({ label, period })),
    leftYAxis: { label: yAxis, showUnits: false, min: least },
    leftAnnotations: marks,
    stacked,
  });

function tokenGraphs({ environment }: DashboardProps, tokens: readonly ParsedToken[], part: string): Row {
  const lines = (metric: (token: string, id: number) => Metric | MathExpression) =>
    tokens.map(({ name }, index) => ({ metric: metric(name, index), label: name }));
  const got = (token: string, statistic: 'Sum' | 'SampleCount') =>
    tokenMetric('gotByLogin', { environment, token, statistic });
  const intervals = [...new Set(tokens.map(({ interval }) => interval.toMinutes()))];
  return new Row(
    graph({
      title: `Time until the access token expires, after each attempt${part}`,
      yAxis: 'minutes',
      period: ONE_MINUTE,
      lines: lines((token, id) => minutesLeft(environment, token, id)),
      least: LEAST_MINUTES_SHOWN,
      marks: [
        { label: 'expired', value: 0 },
        ...intervals.map((value) => ({ label: `interval: ${value} min`, value })),
      ],
    }),
    graph({
      title: `Refreshes by refresh token${part}`,
      yAxis: 'refreshes per hour',
      period: ONE_HOUR,
      lines: lines((token, id) => refreshes(got(token, 'SampleCount'), got(token, 'Sum'), id)),
    }),
    graph({
      title: `Logins${part}`,
      yAxis: 'accepted logins per hour',
      period: ONE_HOUR,
      lines: lines((token) => got(token, 'Sum')),
    }),
  );
}

/** The metric counts seconds. Names of metrics need only differ within a graph. */
const minutesLeft = (environment: string, token: string, id: number): MathExpression =>
  new MathExpression({
    expression: `seconds${id} / 60`,
    usingMetrics: {
      [`seconds${id}`]: tokenMetric('validityLeft', { environment, token, statistic: 'Minimum' }),
    },
  });

/** The metric is 1 for a token got by login and 0 for one got by refresh token. */
const refreshes = (all: Metric, logins: Metric, id: number): MathExpression =>
  new MathExpression({
    expression: `all${id} - logins${id}`,
    usingMetrics: { [`all${id}`]: all, [`logins${id}`]: logins },
  });

const requestGraphs = ({ environment }: DashboardProps): Row =>
  new Row(
    graph({
      title: 'Failed attempts by error code',
      yAxis: 'attempts in 5 minutes',
      stacked: true,
      period: FIVE_MINUTES,
      lines: FAILURE_CODES.map((code) => ({
        metric: codeMetric('failedAttempt', { environment, code, statistic: 'Sum' }),
        label: code,
      })),
    }),
    graph({
      title: 'Latency of the token APIs',
      yAxis: 'milliseconds',
      period: FIVE_MINUTES,
      lines: (['p50', 'p99'] as const).map((statistic) => ({
        metric: environmentMetric('apiLatency', { environment, statistic }),
        label: statistic,
      })),
    }),
    graph({
      title: 'Reasons for attention, and rejected requests',
      yAxis: 'count in 5 minutes',
      stacked: true,
      period: FIVE_MINUTES,
      lines: [
        { metric: environmentMetric('attention', { environment, statistic: 'Sum' }), label: 'attention' },
        {
          metric: environmentMetric('unknownToken', { environment, statistic: 'Sum' }),
          label: 'unknown token',
        },
        {
          metric: environmentMetric('rejectedMessage', { environment, statistic: 'Sum' }),
          label: 'invalid request',
        },
      ],
    }),
  );

const machineGraphs = ({ function: lambda, requestQueue, deadLetterQueue }: DashboardProps): Row =>
  new Row(
    graph({
      title: 'Invocations of the refresher',
      yAxis: 'invocations in 5 minutes',
      period: FIVE_MINUTES,
      lines: [
        { metric: lambda.metricInvocations({ statistic: 'Sum' }), label: 'invocations' },
        { metric: lambda.metricErrors({ statistic: 'Sum' }), label: 'errors' },
        { metric: lambda.metricThrottles({ statistic: 'Sum' }), label: 'throttles' },
      ],
    }),
    graph({
      title: 'Age of the oldest request in the queue',
      yAxis: 'seconds',
      period: FIVE_MINUTES,
      lines: [
        {
          metric: requestQueue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          label: 'oldest request',
        },
      ],
    }),
    graph({
      title: 'Dead-letter queue',
      yAxis: 'messages',
      period: FIVE_MINUTES,
      lines: [
        {
          metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
          label: 'messages',
        },
      ],
    }),
  );

/** @param widget gets some of the items, and what the title says of the part, if there are several */
function inParts<T>(
  items: readonly T[],
  most: number,
  widget: (some: readonly T[], part: string) => IWidget,
): IWidget[] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, index) =>
    widget(items.slice(index * most, (index + 1) * most), count === 1 ? '' : ` (${index + 1} of ${count})`),
  );
}
