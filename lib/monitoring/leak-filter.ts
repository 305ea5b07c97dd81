import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type AlarmContext, AT_ONCE, alarm } from './alarm.ts';
import { ALARM_PERIOD } from './metrics.ts';

/** Not that of the function's own metrics: this one is made of its log, by CloudWatch. */
const NAMESPACE = 'TokenRefresherLog';

/** A value that is long and has no spaces. */
const VALUE = '[A-Za-z0-9_=/-]{16,99}';

/** A value that a name stands before, in JSON, in JSON in JSON, or in a form. */
const NAMED_VALUE = `.{0,3}[:=].{0,3}${VALUE}`;

/**
 * What tokens and passwords look like in a log line, in the part of regular expressions that CloudWatch knows, which has
 * no brackets. An opaque token without such a word before it is not recognised. Names of tokens such as
 * `basic-customer-api` are no values: they stand in every line.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
 */
export const LOOKS_SECRET: Readonly<Record<string, readonly string[]>> = {
  Token: ['eyJ[A-Za-z0-9_-]{16,99}', `[Bb]earer\\s${VALUE}`, `[Aa]ccess_?[Tt]oken${NAMED_VALUE}`],
  Credentials: [
    `[Bb]asic\\s${VALUE}`,
    `[Pp]assword${NAMED_VALUE}`,
    `[Rr]efresh_?[Tt]oken${NAMED_VALUE}`,
    `[Cc]lient_?[Ss]ecret${NAMED_VALUE}`,
  ],
};

/** Nothing of the kind is ever logged: should it be, somebody is told, for the log and the secret both need care. */
export function leakFilter(context: AlarmContext, scope: Construct, logGroup: ILogGroup): void {
  const { environment } = context;
  // Filters of plain text can set no dimensions: the environment is part of the name.
  const metricName = `SecretInLog-${environment}`;
  for (const [id, alternatives] of Object.entries(LOOKS_SECRET)) {
    new MetricFilter(scope, `LooksSecret${id}`, {
      logGroup,
      filterPattern: FilterPattern.literal(`%${alternatives.join('|')}%`),
      metricNamespace: NAMESPACE,
      metricName,
      metricValue: '1',
    });
  }
  alarm(context, scope, 'SecretInLog', {
    kind: 'secret-in-log',
    says:
      `The log of the refresher of ${environment} holds what looks like a token or a password: whoever may read the log ` +
      'can use it.',
    metric: new Metric({
      namespace: NAMESPACE,
      metricName,
      statistic: 'Sum',
      period: ALARM_PERIOD,
    }),
    when: { atLeast: 1 },
    periods: AT_ONCE,
    missingData: 'notBreaching',
  });
}
