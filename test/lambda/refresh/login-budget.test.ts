import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import { dueAt, isAnswered, WINDOW } from '../../../lambda/refresh/login-budget.ts';
import type { FailedLogins } from '../../../lambda/refresh/session.ts';
import { failedLogins, NOW } from './fixtures.ts';

const NEVER = Number.POSITIVE_INFINITY;

interface Given extends Partial<FailedLogins> {
  readonly wereAccepted?: boolean;
  readonly intervalSeconds?: number;
}

/** Milliseconds from the latest answer to the next login. */
const pause = (
  as: 'account' | 'client',
  { wereAccepted = true, intervalSeconds = 1500, ...failed }: Given,
): number => dueAt({ failed: failedLogins(failed), wereAccepted, intervalSeconds, as }) - NOW;

describe('the next login', () => {
  it.each<[FailureCode, number, boolean, number, number]>([
    // code, times, accepted before; pause of an account, of a client
    ['CredentialsRefused', 1, true, 35 * MINUTE, MINUTE],
    ['CredentialsRefused', 2, true, 24 * HOUR, WINDOW / 2],
    ['CredentialsRefused', 9, true, 24 * HOUR, WINDOW / 2],
    ['CredentialsRefused', 1, false, MINUTE, MINUTE],
    ['CredentialsRefused', 2, false, NEVER, WINDOW / 2],
    ['CredentialsRefused', 3, false, NEVER, 4 * HOUR],
    ['CredentialsRefused', 4, false, NEVER, 24 * HOUR],
    ['AccountLocked', 1, true, 35 * MINUTE, MINUTE],
    ['ApiForbidden', 1, true, MINUTE, MINUTE],
    ['ApiForbidden', 2, true, WINDOW / 2, WINDOW / 2],
    ['ApiForbidden', 3, false, 4 * HOUR, 4 * HOUR],
    ['ApiForbidden', 4, false, 24 * HOUR, 24 * HOUR],
    ['ApiThrottled', 1, true, 10 * SECOND, 10 * SECOND],
    ['ApiThrottled', 9, true, 11 * MINUTE, 135 * SECOND],
    ['ApiUnavailable', 1, true, 10 * SECOND, 10 * SECOND],
    ['ApiUnavailable', 2, true, 20 * SECOND, 20 * SECOND],
    ['ApiUnavailable', 9, true, 135 * SECOND, 20 * SECOND],
    ['TokenUnsafe', 9, true, 135 * SECOND, 135 * SECOND],
    ['CredentialsMalformed', 1, true, NEVER, NEVER],
  ])('after %s, %i in a row, accepted before: %s', (code, times, wereAccepted, account, client) => {
    const given = { code, times, refusals: times, shown: [], wereAccepted };
    expect(pause('account', given)).toBe(account);
    expect(pause('client', given)).toBe(client);
  });

  it('is at once, where nothing was sent', () => {
    for (const as of ['account', 'client'] as const)
      expect(
        dueAt({
          failed: failedLogins({ code: 'ApiUnreachable' }),
          wereAccepted: true,
          intervalSeconds: 1500,
          as,
        }),
      ).toBe(0);
  });

  it('follows the interval where that is long, for a client, too', () => {
    const given = { code: 'ApiUnavailable', times: 20, shown: [], intervalSeconds: 12 * 3600 } as const;
    expect(pause('account', given)).toBe(5 * MINUTE);
    expect(pause('client', given)).toBe(5 * MINUTE);
  });

  it('comes a little later each time an outage or a throttle is over, by the time of the answer', () => {
    const at = NOW + 999;
    for (const code of ['ApiUnavailable', 'ApiThrottled', 'TokenUnsafe'] as const)
      expect(pause('client', { code, at, shown: [] }) - 999).toBeCloseTo(10 * SECOND * 1.0999, 3);
    expect(pause('client', { code: 'ApiForbidden', at, shown: [] }) - 999).toBe(MINUTE);
  });
});

describe('of the logins of 25 minutes', () => {
  /** That many, a second apart, the latest just now. */
  const shown = (count: number) =>
    Array.from({ length: count }, (_, index) => NOW - (count - 1 - index) * SECOND);
  const untilLimit = (most: number) => WINDOW - (most - 1) * SECOND;

  it.each<[FailureCode, boolean, number]>([
    ['CredentialsRefused', true, 1],
    ['CredentialsRefused', false, 2],
    ['ApiForbidden', true, 3],
    ['ApiThrottled', true, 8],
    ['ApiUnavailable', true, 16],
    ['TokenUnsafe', true, 16],
  ])('%s, accepted before: %s, allows an account %d and a client any number', (code, wereAccepted, most) => {
    const given = { code, times: 1, refusals: 1, wereAccepted };
    const usual = pause('account', { ...given, shown: [] });
    expect(pause('account', { ...given, shown: shown(most - 1) })).toBe(usual);
    expect(pause('account', { ...given, shown: shown(most) })).toBe(Math.max(usual, untilLimit(most)));
    expect(pause('client', { ...given, shown: shown(100) })).toBe(pause('client', { ...given, shown: [] }));
  });

  it('comes when the API says, but no later than the next tick', () => {
    const given = { code: 'ApiUnavailable', times: 1, shown: [] } as const;
    expect(pause('client', { ...given, notBefore: NOW + 5 * MINUTE })).toBe(5 * MINUTE);
    expect(pause('client', { ...given, notBefore: NOW + HOUR })).toBe(25 * MINUTE);
  });
});

it('shows the credentials only where somebody may have seen them', () => {
  for (const kind of ['refused', 'inconclusive', 'throttled', 'outage', 'unusable'] as const)
    expect(isAnswered(kind)).toBe(true);
  for (const kind of ['unreachable', 'store', 'malformed', 'missing'] as const)
    expect(isAnswered(kind)).toBe(false);
});
