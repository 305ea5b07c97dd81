import { isOutage, kindOfFailure } from '../../contract/failures.ts';
import type { TokenSettings } from '../../contract/function-settings.ts';
import { DIMENSIONS, METRICS } from '../../contract/metrics.ts';
import { HOUR, SECOND } from '../../contract/times.ts';
import type { Outcome } from '../refresh/attempt.ts';
import { isVerdict } from '../refresh/credential-rules.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import { REJECTIONS_IN_A_ROW } from '../refresh/request-rules.ts';
import type { FailedLogins } from '../refresh/session.ts';
import type { ApiCall } from '../refresh/trace.ts';

/** Metrics with the same dimensions, written as one line of embedded metrics. */
export interface MetricGroup {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: readonly Measurement[];
}

export interface Measurement {
  readonly name: string;
  readonly unit: 'Count' | 'Seconds' | 'Milliseconds';
  readonly value: number;
}

/** A token is renewed a minute after it was granted at the earliest, and an attempt may take twelve seconds. */
const SHORTEST_RENEWABLE_SECONDS = 90;

/** Credentials may be missing this long after a deployment without raising the attention alarm. */
const CREDENTIALS_MAY_BE_MISSING = HOUR;

export interface Measured {
  readonly environment: string;
  readonly settings: TokenSettings;
  readonly request: RefreshRequest;
  readonly outcome: Outcome;
  /** Milliseconds since the epoch, at the end of the attempt. */
  readonly now: number;
}

/** The metrics of one attempt. */
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
  if (isWorthAnAlarm(outcome, request)) metrics.push(count(refreshFailing, 1));
  if (trace.credentials !== undefined)
    metrics.push(count(loginRefused, trace.credentials === 'refused' ? 1 : 0));
  if (session?.granted !== undefined) {
    const seconds = Math.round((session.granted.expiresAt - now) / SECOND);
    metrics.push({ name: validityLeft, unit: 'Seconds', value: seconds });
  }
  return metrics;
}

/**
 * Failures within this time of a request's sending do not raise the alarm. Long enough for an outage of 20 s, and short
 * enough for an alarm within four minutes of the first failed attempt: the last attempt that starts in time ends 12 s later,
 * metrics are up to two minutes late, and alarms evaluate whole minutes.
 */
export const TOLERATED = 50 * SECOND;

/** Refused or malformed credentials need an operator, so the alarm does not wait. Missing ones raise another alarm. */
function isWorthAnAlarm({ ending, session }: Outcome, { sentAt, messageSentAt }: RefreshRequest): boolean {
  if (ending.kind !== 'failed' || ending.failure.kind === 'missing') return false;
  // A wake-up has the sending time of its original request, which may have been satisfied since.
  const beganWithThisMessage = (session?.failing?.since ?? 0) >= messageSentAt;
  const began = beganWithThisMessage ? messageSentAt : sentAt;
  return (ending.wait?.until ?? Number.POSITIVE_INFINITY) > began + TOLERATED;
}

function perEnvironment(measured: Measured): Measurement[] {
  const { apiLatency, attention } = METRICS.perEnvironment;
  const latencies = measured.outcome.trace.calls.map(
    ({ durationMs }): Measurement => ({ name: apiLatency, unit: 'Milliseconds', value: durationMs }),
  );
  return reasonsForAttention(measured).length > 0 ? [...latencies, count(attention, 1)] : latencies;
}

/** Reasons for the attention alarm, in words for the log line. Nothing is broken yet, but an operator should look. */
export function reasonsForAttention(measured: Measured): string[] {
  const { settings, request, outcome, now } = measured;
  const { ending, session, trace } = outcome;
  const reasons: string[] = [];
  if (ending.kind === 'refreshed' && ending.how === 'login' && trace.calls.some(isUnexplained)) {
    reasons.push('logged in although there was a refresh token');
  }
  if (ending.kind === 'refreshed' && session?.granted !== undefined) {
    const lifetimeSeconds = Math.round((session.granted.expiresAt - session.granted.obtainedAt) / SECOND);
    if (lifetimeSeconds < SHORTEST_RENEWABLE_SECONDS) {
      reasons.push(`the token lives ${lifetimeSeconds} s, which is too short to renew it without a gap`);
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
  const untried = newCredentialsWithoutVerdict(measured);
  if (untried !== undefined && now - untried.since >= settings.intervalSeconds * SECOND) {
    const date = new Date(untried.since).toISOString();
    reasons.push(`new credentials could not be tried since ${date}: ${untried.code}`);
  }
  const missingSince = session?.credentialsMissingSince;
  if (missingSince !== undefined && now - missingSince >= CREDENTIALS_MAY_BE_MISSING) {
    reasons.push(`no credentials since ${new Date(missingSince).toISOString()}`);
  }
  return reasons;
}

/** The current credentials are not those of the session, and were neither accepted nor refused yet. */
function newCredentialsWithoutVerdict({ outcome }: Measured): FailedLogins | undefined {
  const { session, credentialsVersion } = outcome;
  if (session === undefined || credentialsVersion === session.granted?.credentialsVersion) return undefined;
  const failed = session.failedLogins.findLast(({ versionId }) => versionId === credentialsVersion);
  const isOpen = failed !== undefined && !isVerdict(new RefreshError(failed.code));
  return isOpen ? failed : undefined;
}

/** A refresh that failed although the token API answered. A login because the refresh endpoint is down is no reason. */
const isUnexplained = ({ call, code }: ApiCall): boolean =>
  call === 'refresh' && code !== undefined && !isOutage(kindOfFailure(code));

const count = (name: string, value: number): Measurement => ({ name, unit: 'Count', value });
