import {
  Alarm,
  type CfnAlarm,
  ComparisonOperator,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type AlarmKind, alarmName } from './alarm-names.ts';

/** What the alarms of an environment have in common. */
export interface AlarmContext {
  readonly environment: string;
  /** Told of every ALARM and every OK. */
  readonly topic: ITopic;
  /** Where the runbook is; each alarm's description ends with its section there. */
  readonly runbookUrl: string;
  /** All that were made, for the dashboard. */
  readonly alarms: Alarm[];
}

/**
 * Treatment of missing data: `breaching` if missing data is the failure, `ignore` to keep the state, `notBreaching` for
 * metrics that only exist while something is wrong.
 */
export type MissingData = 'breaching' | 'ignore' | 'notBreaching';

/** One breaching period is enough. */
export const AT_ONCE = { breaching: 1, of: 1 } as const;

export interface AlarmProps {
  readonly kind: AlarmKind;
  /** Absent: the alarm is about the environment as a whole. */
  readonly token?: string;
  /** One plain sentence: what is wrong, and what it means for consumers. */
  readonly says: string;
  /** With a period of a minute or more. */
  readonly metric: Metric;
  readonly when: { readonly atLeast: number } | { readonly below: number };
  /** How many periods are looked at, and how many of them must breach. May be known at synthesis only. */
  readonly periods: { readonly breaching: number; readonly of: number };
  readonly missingData: MissingData;
  /**
   * Evaluates exactly the last complete periods by the clock. Default: a sliding window, which looks further back while data
   * is missing and so notices missing data late.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
   */
  readonly wallClock?: boolean;
  /** Stays quiet so long after each deployment that changes it. Default: not at all. */
  readonly warmUpMinutes?: number;
}

const MISSING_DATA: Readonly<Record<MissingData, { treat: TreatMissingData; says: string }>> = {
  breaching: { treat: TreatMissingData.BREACHING, says: 'No data counts as failure.' },
  ignore: { treat: TreatMissingData.IGNORE, says: 'No data leaves the alarm as it is.' },
  notBreaching: { treat: TreatMissingData.NOT_BREACHING, says: 'No data means that all is well.' },
};

/** Makes every alarm, so that each has a name, a description, a runbook section, a treatment of missing data and actions. */
export function alarm(context: AlarmContext, scope: Construct, id: string, props: AlarmProps): Alarm {
  const { kind, token, says, metric, when, periods, missingData, wallClock = false, warmUpMinutes } = props;
  const { environment, topic, runbookUrl, alarms } = context;
  const atLeast = 'atLeast' in when;
  const made = new Alarm(scope, id, {
    alarmName: alarmName(environment, kind, token),
    alarmDescription: `${says} ${MISSING_DATA[missingData].says} What to do: ${runbookUrl}#${kind}`,
    metric,
    threshold: atLeast ? when.atLeast : when.below,
    comparisonOperator: atLeast
      ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
      : ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.breaching,
    treatMissingData: MISSING_DATA[missingData].treat,
  });
  made.addAlarmAction(new SnsAction(topic));
  made.addOkAction(new SnsAction(topic));
  alarms.push(made);
  // The CDK's own Alarm does not know these two.
  const resource = made.node.defaultChild as CfnAlarm;
  if (wallClock) resource.evaluationWindow = { wallClockWindow: { timezone: 'UTC' } };
  if (warmUpMinutes !== undefined) {
    resource.warmUpConfiguration = {
      warmUpPeriodDurationInMinutes: warmUpMinutes,
      // Else the first datapoint would end it.
      onlyStartEvaluatingAfterWarmUpPeriodEnds: true,
    };
  }
  return made;
}
