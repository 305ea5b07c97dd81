import type { Duration } from 'aws-cdk-lib';
import { DAY, HOUR, LIMITS, MINUTE, SECOND } from '../../contract/times.ts';

/** CloudWatch may show a datapoint so long after it was made. */
export const METRIC_DELAY_SECONDS = 120;

/** A new alarm has no past: silence before this long after its deployment says nothing. Long enough to store credentials. */
export const WARM_UP_MINUTES = HOUR / MINUTE;

/** What a healthy token needs beyond its interval: the schedule's precision, an attempt, the metric's delay; a minute to spare. */
const BEYOND_INTERVAL_MINUTES = Math.ceil(
  ((LIMITS.schedulePrecisionSeconds + LIMITS.attemptSeconds + METRIC_DELAY_SECONDS) * SECOND) / MINUTE,
);

/** The shortest silence, in whole minutes, that a healthy token never has: interval and four minutes. */
export const leastStaleMinutes = (interval: Duration): number =>
  interval.toMinutes() + BEYOND_INTERVAL_MINUTES;

/**
 * Periods of one minute are looked at for at most a day.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const MOST_WINDOW_MINUTES = DAY / MINUTE;
