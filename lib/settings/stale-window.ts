import type { Duration } from 'aws-cdk-lib';
import { DAY, HOUR, LIMITS, MINUTE, SECOND } from '../../contract/times.ts';

/** Delay until CloudWatch shows a datapoint. */
export const METRIC_DELAY_SECONDS = 120;

/** A new alarm has no data yet, so it stays quiet for this long after its deployment. Long enough to store credentials. */
export const WARM_UP_MINUTES = HOUR / MINUTE;

/** What a healthy token needs beyond its interval: the schedule's precision, an attempt, the metric's delay; a minute to spare. */
const BEYOND_INTERVAL_MINUTES = Math.ceil(
  ((LIMITS.schedulePrecisionSeconds + LIMITS.attemptSeconds + METRIC_DELAY_SECONDS) * SECOND) / MINUTE,
);

/** Shortest window, in whole minutes, in which a healthy token always has a success: the interval and four minutes. */
export const leastStaleMinutes = (interval: Duration): number =>
  interval.toMinutes() + BEYOND_INTERVAL_MINUTES;

/**
 * Periods of one minute are looked at for at most a day.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const MOST_WINDOW_MINUTES = DAY / MINUTE;
