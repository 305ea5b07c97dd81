import type { Construct } from 'constructs';
import { WARM_UP_MINUTES } from '../settings/stale-window.ts';
import type { ParsedToken } from '../settings/token.ts';
import { loginHost } from '../settings/token-api/hosts.ts';
import { type AlarmContext, AT_ONCE, alarm } from './alarm.ts';
import { tokenMetric } from './metrics.ts';

/** The three alarms of a token: it fails, it did not run, its credentials are wrong. */
export function tokenAlarms(context: AlarmContext, scope: Construct, token: ParsedToken): void {
  refreshFailing(context, scope, token);
  goingStale(context, scope, token);
  loginRefused(context, scope, token);
}

/**
 * The metric is 1 while refreshes fail and 0 at each success. Missing data keeps the state, so only a success ends the alarm.
 * The statistic is the minimum: in a minute with a failure and a success, the success came last, because a token's requests
 * are processed one by one.
 */
function refreshFailing(context: AlarmContext, scope: Construct, token: ParsedToken): void {
  const { name, accessTokenLifetime } = token;
  alarm(context, scope, 'RefreshFailing', {
    kind: 'refresh-failing',
    token: name,
    says:
      `Token ${name} of ${context.environment} cannot be refreshed: consumers lose access when the stored one ` +
      `expires, at most ${accessTokenLifetime.toHumanString()} after the last success, unless a refresh succeeds before.`,
    metric: tokenMetric('refreshFailing', { ...context, token: name, statistic: 'Minimum' }),
    when: { atLeast: 1 },
    periods: AT_ONCE,
    missingData: 'ignore',
  });
}

/** Each success is a datapoint. None in the whole window: no request, no run, or no metrics. */
function goingStale(context: AlarmContext, scope: Construct, { name, staleAfter }: ParsedToken): void {
  const minutes = staleAfter.toMinutes();
  alarm(context, scope, 'GoingStale', {
    kind: 'going-stale',
    token: name,
    says:
      `Token ${name} of ${context.environment} was not refreshed for ${minutes} minutes: ` +
      'consumers lose access when it expires, or have already, and nothing may be trying any more.',
    metric: tokenMetric('refreshed', { ...context, token: name, statistic: 'Sum' }),
    when: { below: 1 },
    periods: { breaching: minutes, of: minutes },
    missingData: 'breaching',
    wallClock: true,
    warmUpMinutes: WARM_UP_MINUTES,
  });
}

/** The statistic is the maximum, so that a refusal counts even if the right credentials came in the same minute. */
function loginRefused(context: AlarmContext, scope: Construct, { name, api }: ParsedToken): void {
  alarm(context, scope, 'LoginRefused', {
    kind: 'login-refused',
    token: name,
    says:
      `The credentials of token ${name} of ${context.environment} were refused by ${loginHost(api)}, or are malformed: ` +
      'consumers lose access when the refresh token no longer works, unless the right ones are stored. Those that were never ' +
      'accepted are not tried again until they are stored anew, or a request says retryRefused.',
    metric: tokenMetric('loginRefused', { ...context, token: name, statistic: 'Maximum' }),
    when: { atLeast: 1 },
    periods: AT_ONCE,
    missingData: 'ignore',
  });
}
