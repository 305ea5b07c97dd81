import { Duration, Lazy } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { environmentPrefix } from '../../contract/names.ts';
import type { AlarmThresholds } from '../settings/settings.ts';
import { type AlarmContext, AT_ONCE, alarm } from './alarm.ts';
import { ALARM_PERIOD, environmentMetric } from './metrics.ts';

export interface Watched {
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
  readonly deadLetterQueue: IQueue;
  /** How long a reason for attention keeps its alarm up. Read at synthesis. */
  readonly attentionMinutes: () => number;
}

/** The alarms that an environment has once, whatever its tokens. */
export function environmentAlarms(
  context: AlarmContext,
  scope: Construct,
  watched: Watched,
  thresholds: Required<AlarmThresholds>,
): void {
  attention(context, scope, watched);
  deadLetters(context, scope, watched, thresholds);
  functionAlarms(context, scope, watched, thresholds);
  scheduleAlarms(context, scope, thresholds);
  unreadableMetrics(context, scope, watched);
}

/** A lasting reason is reported at every tick. The window is longer than the longest interval, so that the alarm stays up. */
function attention(context: AlarmContext, scope: Construct, { attentionMinutes }: Watched): void {
  alarm(context, scope, 'Attention', {
    kind: 'attention',
    says:
      `A token of ${context.environment} works, but not as it should: a person should look before it becomes an ` +
      'outage; the log line says which token and why.',
    metric: environmentMetric('attention', { ...context, statistic: 'Sum' }),
    when: { atLeast: 1 },
    periods: { breaching: 1, of: Lazy.number({ produce: attentionMinutes }) },
    missingData: 'notBreaching',
    wallClock: true,
  });
}

/** SQS reports no metrics of a queue that was idle for six hours, although the messages are still there. */
function deadLetters(
  context: AlarmContext,
  scope: Construct,
  { deadLetterQueue }: Watched,
  thresholds: Required<AlarmThresholds>,
): void {
  alarm(context, scope, 'DeadLetters', {
    kind: 'dead-letters',
    says:
      `The dead-letter queue of ${context.environment} holds messages: somebody sends what is no request, or a request ` +
      'crashes the function again and again. Tokens are refreshed all the same, unless another alarm says otherwise.',
    metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: ALARM_PERIOD,
    }),
    when: { atLeast: thresholds.deadLetters },
    periods: AT_ONCE,
    missingData: 'ignore',
  });
}

function functionAlarms(
  context: AlarmContext,
  scope: Construct,
  { function: lambda }: Watched,
  thresholds: Required<AlarmThresholds>,
): void {
  alarm(context, scope, 'FunctionErrors', {
    kind: 'function-errors',
    says:
      `The refresher of ${context.environment} crashed, which an outage does not make it do: if it goes on, every token ` +
      'of this environment dies at its expiry.',
    metric: lambda.metricErrors({ statistic: 'Sum', period: ALARM_PERIOD }),
    when: { atLeast: thresholds.functionErrorsPerMinute },
    periods: AT_ONCE,
    missingData: 'notBreaching',
  });
  alarm(context, scope, 'Throttles', {
    kind: 'throttles',
    says:
      `Lambda holds back the refresher of ${context.environment}: the account's concurrency is used up, and refreshes ` +
      'come late or not at all.',
    metric: lambda.metricThrottles({ statistic: 'Sum', period: ALARM_PERIOD }),
    when: { atLeast: thresholds.throttlesPerMinute },
    periods: { breaching: 3, of: 5 },
    missingData: 'notBreaching',
  });
}

/** Scheduler's metrics have only the group as a dimension, so this alarm is per environment. */
function scheduleAlarms(
  context: AlarmContext,
  scope: Construct,
  { schedulerErrors }: Required<AlarmThresholds>,
): void {
  const metric = (metricName: string) =>
    new Metric({
      namespace: 'AWS/Scheduler',
      metricName,
      dimensionsMap: { ScheduleGroup: environmentPrefix(context.environment) },
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  alarm(context, scope, 'ScheduleFailing', {
    kind: 'schedule-failing',
    says:
      `EventBridge Scheduler cannot put its requests for refreshes of ${context.environment} on the queue: it tries on ` +
      'for one interval, while tokens get older.',
    metric: metric('TargetErrorCount'),
    when: { atLeast: schedulerErrors },
    periods: AT_ONCE,
    missingData: 'notBreaching',
  });
  alarm(context, scope, 'ScheduleDropping', {
    kind: 'schedule-dropping',
    says:
      `EventBridge Scheduler gave up a scheduled refresh of ${context.environment}: that token expires unless the next ` +
      'one is delivered.',
    metric: metric('InvocationDroppedCount'),
    when: { atLeast: schedulerErrors },
    periods: AT_ONCE,
    missingData: 'notBreaching',
  });
}

/** If metrics cannot be parsed, the other alarms get no data. */
function unreadableMetrics(context: AlarmContext, scope: Construct, { logGroup }: Watched): void {
  const metric = (metricName: string) =>
    new Metric({
      namespace: 'AWS/Logs',
      metricName,
      dimensionsMap: { LogGroupName: logGroup.logGroupName },
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  const shared = { when: { atLeast: 1 }, periods: AT_ONCE, missingData: 'notBreaching' } as const;
  alarm(context, scope, 'MetricsUnparsed', {
    ...shared,
    kind: 'metrics-unparsed',
    says:
      `CloudWatch cannot parse metrics in the log of the refresher of ${context.environment}: tokens are refreshed, but ` +
      'the alarms about them may be deaf.',
    metric: metric('EMFParsingErrors'),
  });
  alarm(context, scope, 'MetricsInvalid', {
    ...shared,
    kind: 'metrics-invalid',
    says:
      `CloudWatch rejects metrics in the log of the refresher of ${context.environment} as invalid: tokens are ` +
      'refreshed, but the alarms about them may be deaf.',
    metric: metric('EMFValidationErrors'),
  });
}
