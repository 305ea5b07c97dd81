import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from '../lib/synth.ts';

/** An alarm of a synthesized template, as far as CloudWatch evaluates it. */
export interface AlarmDefinition {
  readonly name: string;
  readonly description: string;
  readonly actions: { readonly alarm: readonly unknown[]; readonly ok: readonly unknown[] };
  /** See {@link metricKey}. */
  readonly metric: string;
  readonly statistic: 'Minimum' | 'Maximum' | 'Sum';
  readonly periodSeconds: number;
  /** N and M. */
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly breaches: (value: number) => boolean;
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
  readonly wallClock: boolean;
  readonly warmUpMinutes: number;
}

/** `TokenRefresher/Refreshed Environment=sandbox,Token=payments-api` */
export function metricKey(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => a.localeCompare(b));
  return `${namespace}/${name} ${sorted.map((dimension) => dimension.join('=')).join(',')}`;
}

type Dimension = { readonly Name: string; readonly Value: string };

const BREACHES: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** All alarms of a template. @throws on what the evaluator does not know */
export function alarmsOf(template: Template): AlarmDefinition[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => {
    const read = Properties as Readonly<Record<string, never>>;
    const { ComparisonOperator, Threshold, EvaluationPeriods, WarmUpConfiguration } = read;
    const breaches = BREACHES[String(ComparisonOperator)];
    if (breaches === undefined || read.Metrics !== undefined)
      throw new Error(`unknown kind of alarm: ${read.AlarmName}`);
    const dimensions = ((read.Dimensions ?? []) as readonly Dimension[]).map(({ Name, Value }) => [
      Name,
      Value,
    ]);
    const warmUp = WarmUpConfiguration as { WarmUpPeriodDurationInMinutes: number } | undefined;
    return {
      name: String(read.AlarmName),
      description: String(read.AlarmDescription),
      actions: { alarm: read.AlarmActions ?? [], ok: read.OKActions ?? [] },
      metric: metricKey(read.Namespace ?? '', read.MetricName ?? '', Object.fromEntries(dimensions)),
      statistic: read.Statistic ?? 'Sum',
      periodSeconds: Number(read.Period),
      evaluationPeriods: Number(EvaluationPeriods),
      datapointsToAlarm: Number(read.DatapointsToAlarm ?? EvaluationPeriods),
      breaches: (value) => breaches(value, Number(Threshold)),
      missingData: read.TreatMissingData ?? 'missing',
      wallClock: read.EvaluationWindow !== undefined,
      warmUpMinutes: warmUp?.WarmUpPeriodDurationInMinutes ?? 0,
    };
  });
}
