import { type ILogGroup, QueryDefinition, QueryString, type QueryStringProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { environmentPrefix } from '../../contract/names.ts';

/** Saved queries of CloudWatch Logs Insights for common questions. The log has one line per attempt. */
export const QUERIES: Readonly<Record<string, QueryStringProps>> = {
  'Failed authentication': {
    fields: [
      '@timestamp',
      'token',
      'outcome',
      'code',
      'credentials',
      'apiStatus',
      'oauthError',
      'requestedBy',
    ],
    filterStatements: [
      'credentials = "refused" or code in ["CredentialsRefused", "ClientRefused", "AccountLocked", "CredentialsMalformed"]',
    ],
    sort: '@timestamp desc',
    limit: 200,
  },
  'Refreshes by requester': {
    filterStatements: ['ispresent(outcome)'],
    statsStatements: ['count(*) as attempts by token, requestedBy, outcome'],
    sort: 'attempts desc',
  },
  'Slowest calls': {
    // A list in a JSON line has one field per item.
    fields: ['@timestamp', 'token', 'durationMs', 'apiCalls.0', 'apiCalls.1', 'outcome', 'code', 'attempt'],
    filterStatements: ['ispresent(apiCalls.0)'],
    sort: 'durationMs desc',
    limit: 50,
  },
  'Changes of tokens in order': {
    fields: ['@timestamp', 'token', 'parameterVersion', 'how', 'requestedBy', 'expiresAt', 'credentials'],
    filterStatements: ['outcome = "refreshed"'],
    sort: '@timestamp asc',
    limit: 1000,
  },
  'Reasons for attention': {
    fields: ['@timestamp', 'token', 'attention.0', 'attention.1', 'outcome', 'code'],
    filterStatements: ['ispresent(attention.0)'],
    sort: '@timestamp desc',
    limit: 200,
  },
};

export function savedQueries(scope: Construct, environment: string, logGroup: ILogGroup): void {
  for (const [name, query] of Object.entries(QUERIES)) {
    new QueryDefinition(scope, name.replaceAll(' ', ''), {
      queryDefinitionName: `${environmentPrefix(environment)}/${name}`,
      queryString: new QueryString(query),
      logGroups: [logGroup],
    });
  }
}
