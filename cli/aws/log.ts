import { SECOND } from '../../contract/times.ts';
import type { Aws } from './aws.ts';

/** Pauses between the looks at a query that runs: five looks at the most. */
const PAUSES_MS = [300, 700, 2000, 5000];

export interface QueryProps {
  readonly log: string;
  /** In the language of CloudWatch Logs Insights; its rows must have the field `@message`. */
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The messages that a query finds; undefined if it takes too long. What was logged in the last seconds may be missing. */
export async function queryLog(aws: Aws, props: QueryProps): Promise<string[] | undefined> {
  const { CloudWatchLogsClient, GetQueryResultsCommand, StartQueryCommand } = await import(
    '@aws-sdk/client-cloudwatch-logs'
  );
  const client = aws.client(CloudWatchLogsClient);
  const { queryId } = await client.send(
    new StartQueryCommand({
      logGroupName: props.log,
      queryString: props.query,
      startTime: Math.floor(props.from / SECOND),
      endTime: Math.ceil(props.to / SECOND),
    }),
  );
  for (const pause of [...PAUSES_MS, 0]) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    if (status !== 'Scheduled' && status !== 'Running') return results.map(messageOf);
    await props.sleep(pause);
  }
  return undefined;
}

const messageOf = (row: readonly { field?: string | undefined; value?: string | undefined }[]): string =>
  row.find(({ field }) => field === '@message')?.value ?? '';

/** All messages since a time that match a filter pattern, the latest included. */
export async function readLog(
  aws: Aws,
  { log, pattern, from }: { readonly log: string; readonly pattern: string; readonly from: number },
): Promise<string[]> {
  const { CloudWatchLogsClient, paginateFilterLogEvents } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = aws.client(CloudWatchLogsClient);
  const messages: string[] = [];
  const input = { logGroupName: log, filterPattern: pattern, startTime: from };
  for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
    messages.push(...events.map(({ message = '' }) => message));
  }
  return messages;
}
