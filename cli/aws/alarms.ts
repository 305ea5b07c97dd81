import type { Aws } from './aws.ts';

export interface RaisedAlarm {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
}

/** Those in state ALARM whose names begin so. */
export async function raisedAlarms(aws: Aws, prefix: string): Promise<RaisedAlarm[]> {
  const { CloudWatchClient, paginateDescribeAlarms } = await import('@aws-sdk/client-cloudwatch');
  const raised: RaisedAlarm[] = [];
  const pages = paginateDescribeAlarms(
    { client: aws.client(CloudWatchClient), pageSize: 100 },
    { AlarmNamePrefix: prefix, StateValue: 'ALARM' },
  );
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
    for (const { AlarmName = '', StateTransitionedTimestamp } of [...MetricAlarms, ...CompositeAlarms]) {
      raised.push({ name: AlarmName, since: StateTransitionedTimestamp?.getTime() });
    }
  }
  return raised;
}
