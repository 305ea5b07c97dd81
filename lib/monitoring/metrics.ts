import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { DIMENSIONS, METRIC_NAMESPACE, METRICS } from '../../contract/metrics.ts';

type Name<Kind extends keyof typeof METRICS> = keyof (typeof METRICS)[Kind];

export type Statistic = 'Minimum' | 'Maximum' | 'Sum' | 'SampleCount' | 'p50' | 'p99';

export interface MetricProps {
  readonly environment: string;
  readonly statistic: Statistic;
}

/** Alarms look at every minute; a graph takes the period that its width allows. */
export const ALARM_PERIOD = Duration.minutes(1);

/** A metric that the function emits for one token. */
export const tokenMetric = (
  name: Name<'perToken'>,
  { environment, statistic, token }: MetricProps & { readonly token: string },
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS.perToken[name],
    dimensionsMap: { [DIMENSIONS.environment]: environment, [DIMENSIONS.token]: token },
    statistic,
    period: ALARM_PERIOD,
  });

/** A metric that the function emits for the environment as a whole. */
export const environmentMetric = (
  name: Name<'perEnvironment'>,
  { environment, statistic }: MetricProps,
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS.perEnvironment[name],
    dimensionsMap: { [DIMENSIONS.environment]: environment },
    statistic,
    period: ALARM_PERIOD,
  });

/** A metric that the function emits for one failure code. */
export const codeMetric = (
  name: Name<'perCode'>,
  { environment, statistic, code }: MetricProps & { readonly code: string },
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS.perCode[name],
    dimensionsMap: { [DIMENSIONS.environment]: environment, [DIMENSIONS.code]: code },
    statistic,
    period: ALARM_PERIOD,
  });
