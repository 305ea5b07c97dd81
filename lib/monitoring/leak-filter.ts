import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type AlarmContext, AT_ONCE, alarm } from './alarm.ts';
import { ALARM_PERIOD } from './metrics.ts';

/** Separate from the function's own metrics: CloudWatch makes this one from the log. */
const NAMESPACE = 'TokenRefresherLog';

/** A value that is long and has no spaces. */
const VALUE = '[A-Za-z0-9_=/-]{16,99}';

/** A value that a name stands before, in JSON, in JSON in JSON, or in a form. */
const NAMED_VALUE = `.{0,3}[:=].{0,3}${VALUE}`;

/**
 * What tokens and passwords look like in a log line, in CloudWatch's subset of regular expressions, which has no groups. An
 * opaque token without such a word before it is not recognised. Names of tokens such as `basic-customer-api` must not match,
 * because they are in every line.
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

/** Nothing like that should ever be logged. If it is, an alarm fires: both the log and the secret need attention. */
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
