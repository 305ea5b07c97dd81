import type { DescribeAlarmsInput, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';

/** CloudWatch's alarms that are up. */
export class Alarms {
  readonly raised = new Map<string, Date>();

  describeAlarms({ AlarmNamePrefix = '', StateValue }: DescribeAlarmsInput): DescribeAlarmsOutput {
    const found = StateValue === 'ALARM' ? [...this.raised] : [];
    const MetricAlarms = found
      .filter(([name]) => name.startsWith(AlarmNamePrefix))
      .map(([AlarmName, since]) => ({
        AlarmName,
        StateValue: 'ALARM' as const,
        StateTransitionedTimestamp: since,
      }));
    return { MetricAlarms, CompositeAlarms: [] };
  }
}
