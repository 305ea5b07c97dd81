import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { CheckedToken } from './check-token.ts';
import { DIMENSIONS, METRIC_NAMESPACE, METRICS, tokenResourceName } from './contract.ts';

export interface RefreshFailingAlarmProps {
  readonly environment: string;
  readonly token: CheckedToken;
  readonly topic: ITopic;
}

/**
 * Says that a token's refresh keeps failing. The metric is 1 while it fails and 0 at each success; in between there
 * is no data, which leaves the alarm as it is: only a success says OK again.
 */
export function refreshFailingAlarm(scope: Construct, id: string, props: RefreshFailingAlarmProps): Alarm {
  const { environment, token, topic } = props;
  const lifetime = Duration.seconds(token.settings.accessTokenLifetimeSeconds).toHumanString();
  const alarm = new Alarm(scope, id, {
    alarmName: `${tokenResourceName(environment, token.name)}-refresh-failing`,
    alarmDescription:
      `Token ${token.name} of ${environment} cannot be refreshed: its consumers lose access when the stored access ` +
      `token expires, at most ${lifetime} after the last success; the function's log says what ${token.settings.baseUrl} or AWS answered.`,
    metric: new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRICS.perToken.refreshFailing,
      dimensionsMap: { [DIMENSIONS.environment]: environment, [DIMENSIONS.token]: token.name },
      // A success in the same minute as a failure comes after it: the queue hands a token's requests out one by one.
      statistic: Stats.MINIMUM,
      period: Duration.minutes(1),
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.IGNORE,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
  return alarm;
}
