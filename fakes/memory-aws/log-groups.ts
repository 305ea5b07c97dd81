import { randomUUID } from 'node:crypto';
import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetQueryResultsRequest,
  GetQueryResultsResponse,
  StartQueryRequest,
  StartQueryResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { SECOND } from '../../contract/times.ts';
import { AwsError } from './aws-error.ts';

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * CloudWatch Logs, as far as lines of JSON are read again.
 * Of filter patterns: `{ ($.a = "b") && ($.c = *) }`. Of queries: `fields`, `filter @message like /…/`, `sort @timestamp desc`,
 * `dedup`, `limit`.
 */
export class LogGroups {
  readonly #groups = new Map<string, LogEvent[]>();
  readonly #results = new Map<string, GetQueryResultsResponse>();

  put(group: string, ...events: readonly LogEvent[]): void {
    this.#groups.set(group, [...(this.#groups.get(group) ?? []), ...events]);
  }

  filterLogEvents(input: FilterLogEventsRequest): FilterLogEventsResponse {
    const { logGroupName, startTime = 0, filterPattern = '' } = input;
    const wanted = [...filterPattern.matchAll(/\$\.(\w+) = (?:"([^"]*)"|\*)/g)];
    const events = this.#of(logGroupName).filter(
      ({ timestamp, message }) =>
        timestamp >= startTime &&
        wanted.every(([, field = '', value]) =>
          value === undefined ? fieldOf(message, field) !== undefined : fieldOf(message, field) === value,
        ),
    );
    return { events };
  }

  startQuery({ logGroupName, queryString = '', startTime = 0 }: StartQueryRequest): StartQueryResponse {
    const stages = queryString.split(' | ');
    let events = this.#of(logGroupName).filter(({ timestamp }) => timestamp >= startTime * SECOND);
    for (const stage of stages) events = applied(stage, events);
    const queryId = randomUUID();
    const results = events.map(({ message }) => [{ field: '@message', value: message }]);
    this.#results.set(queryId, { status: 'Complete', results });
    return { queryId };
  }

  getQueryResults({ queryId = '' }: GetQueryResultsRequest): GetQueryResultsResponse {
    return this.#results.get(queryId) ?? { status: 'Unknown' };
  }

  #of(group = ''): LogEvent[] {
    const events = this.#groups.get(group);
    if (events !== undefined) return events;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
}

function applied(stage: string, events: LogEvent[]): LogEvent[] {
  const [command = '', ...rest] = stage.trim().split(' ');
  const argument = rest.join(' ');
  switch (command) {
    case 'fields':
      return events;
    case 'filter': {
      const [, pattern = ''] = /^@message like \/(.*)\/$/.exec(argument) ?? unknown(stage);
      return events.filter(({ message }) => new RegExp(pattern).test(message));
    }
    case 'sort':
      return events.toSorted((one, other) => other.timestamp - one.timestamp);
    case 'dedup': {
      const keyOf = ({ message }: LogEvent) =>
        argument
          .split(', ')
          .map((field) => fieldOf(message, field))
          .join(' ');
      return [...new Map(events.toReversed().map((event) => [keyOf(event), event])).values()].toReversed();
    }
    case 'limit':
      return events.slice(0, Number(argument));
    default:
      return unknown(stage);
  }
}

function unknown(stage: string): never {
  throw new AwsError('MalformedQueryException', `memory-aws does not know: ${stage}`);
}

const fieldOf = (message: string, field: string): unknown => JSON.parse(message)[field];
