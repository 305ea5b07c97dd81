import { isOutage, kindOfFailure } from '../../contract/failures.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { DIMENSIONS, METRICS } from '../../contract/metrics.ts';
import { HOUR, SECOND } from '../../contract/times.ts';
import { REJECTIONS_IN_A_ROW } from '../refresh/limits.ts';
import type { Outcome } from '../refresh/refresh.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { ApiCall } from '../refresh/trace.ts';

/** Metrics that share their dimensions: one line of embedded metrics. */
export interface MetricGroup {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: readonly Measurement[];
}

export interface Measurement {
  readonly name: string;
  readonly unit: 'Count' | 'Seconds' | 'Milliseconds';
  readonly value: number;
}

/** Credentials may be missing this long after a deploy before anyone is bothered. */
const CREDENTIALS_MAY_BE_MISSING = HOUR;

export interface Measured {
  readonly environment: string;
  readonly settings: TokenSettings;
  readonly request: RefreshRequest;
  readonly outcome: Outcome;
  /** Milliseconds since the epoch, at the end of the attempt. */
  readonly now: number;
}

/** What an attempt says to CloudWatch. */
export function measure(measured: Measured): MetricGroup[] {
  const { environment, request, outcome } = measured;
  const ofEnvironment = { [DIMENSIONS.environment]: environment };
  const groups: MetricGroup[] = [
    { dimensions: { ...ofEnvironment, [DIMENSIONS.token]: request.token }, metrics: perToken(measured) },
    { dimensions: ofEnvironment, metrics: perEnvironment(measured) },
  ];
  if (outcome.ending.kind === 'failed') {
    groups.push({
      dimensions: { ...ofEnvironment, [DIMENSIONS.code]: outcome.ending.failure.code },
      metrics: [count(METRICS.perCode.failedAttempt, 1)],
    });
  }
  return groups.filter(({ metrics }) => metrics.length > 0);
}

function perToken({ request, outcome, now }: Measured): Measurement[] {
  const { ending, trace, session } = outcome;
  const { refreshFailing, refreshed, loginRefused, validityLeft, gotByLogin } = METRICS.perToken;
  const metrics: Measurement[] = [];
  if (ending.kind === 'refreshed') {
    metrics.push(
      count(refreshFailing, 0),
      count(refreshed, 1),
      count(gotByLogin, ending.how === 'login' ? 1 : 0),
    );
  }
  if (isWorthAnAlarm(outcome, request, now)) metrics.push(count(refreshFailing, 1));
  if (trace.credentials !== undefined)
    metrics.push(count(loginRefused, trace.credentials === 'refused' ? 1 : 0));
  if (session?.granted !== undefined) {
    const seconds = Math.round((session.granted.expiresAt - now) / SECOND);
    metrics.push({ name: validityLeft, unit: 'Seconds', value: seconds });
  }
  return metrics;
}

/**
 * A request that may still succeed within this time of being sent is a blip, which wakes nobody. It is long enough for an
 * outage of 20 s, and short enough for the alarm to come within four minutes of the first failed attempt: the last
 * attempt that starts in time ends 12 s later, metrics are up to two minutes late, and alarms look at whole minutes.
 */
export const BLIP = 50 * SECOND;

/** Credentials that need a person will not mend themselves; that there are none yet is said by another alarm. */
function isWorthAnAlarm({ ending }: Outcome, { sentAt }: RefreshRequest, now: number): boolean {
  if (ending.kind !== 'failed' || ending.failure.code === 'NoCredentials') return false;
  const { retryInSeconds = Number.POSITIVE_INFINITY } = ending;
  return now + retryInSeconds * SECOND > sentAt + BLIP;
}

function perEnvironment(measured: Measured): Measurement[] {
  const { apiLatency, attention } = METRICS.perEnvironment;
  const latencies = measured.outcome.trace.calls.map(
    ({ durationMs }): Measurement => ({ name: apiLatency, unit: 'Milliseconds', value: durationMs }),
  );
  return reasonsForAttention(measured).length > 0 ? [...latencies, count(attention, 1)] : latencies;
}

/** Nothing is broken yet, but a person should look: in words for the log line. */
export function reasonsForAttention({ settings, request, outcome, now }: Measured): string[] {
  const { ending, session, trace } = outcome;
  const reasons: string[] = [];
  if (ending.kind === 'refreshed' && ending.how === 'login' && trace.calls.some(isUnexplained)) {
    reasons.push('logged in although there was a refresh token');
  }
  if (ending.kind === 'refreshed' && session?.granted !== undefined) {
    const lifetimeSeconds = Math.round((session.granted.expiresAt - session.granted.obtainedAt) / SECOND);
    if (lifetimeSeconds < settings.intervalSeconds + 60) {
      reasons.push(
        `the token lives ${lifetimeSeconds} s, the schedule is every ${settings.intervalSeconds} s`,
      );
    }
  }
  if (request.rejectedVersion !== undefined && (session?.rejectionsInARow ?? 0) >= REJECTIONS_IN_A_ROW) {
    reasons.push(`consumers reported ${session?.rejectionsInARow} tokens in a row as rejected`);
  }
  const since = session?.granted?.credentialsSince;
  const maxAgeSeconds = settings.credentialsMaxAgeSeconds ?? Number.POSITIVE_INFINITY;
  if (since !== undefined && now - since >= maxAgeSeconds * SECOND) {
    reasons.push(`the credentials are in use since ${new Date(since).toISOString()}`);
  }
  const { undecided, granted } = session ?? {};
  const isStillNew = undecided !== undefined && undecided.versionId !== granted?.credentialsVersion;
  if (isStillNew && now - undecided.since >= settings.intervalSeconds * SECOND) {
    const date = new Date(undecided.since).toISOString();
    reasons.push(`new credentials could not be tried since ${date}: ${undecided.code}`);
  }
  const missingSince = session?.credentialsMissingSince;
  if (missingSince !== undefined && now - missingSince >= CREDENTIALS_MAY_BE_MISSING) {
    reasons.push(`no credentials since ${new Date(missingSince).toISOString()}`);
  }
  return reasons;
}

/** A refresh that failed though the token API was there. A login after an outage of its refresh endpoint is as it should be. */
const isUnexplained = ({ call, code }: ApiCall): boolean =>
  call === 'refresh' && code !== undefined && !isOutage(kindOfFailure(code));

const count = (name: string, value: number): Measurement => ({ name, unit: 'Count', value });
