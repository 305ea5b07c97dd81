import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import type { TokenSettings } from '../../../contract/function-settings.ts';
import { pauseCapSeconds } from '../../../contract/times.ts';
import { retryInSeconds } from '../../../lambda/refresh/back-off.ts';
import { type FailureFields, RefreshError } from '../../../lambda/refresh/refresh-error.ts';

const settings = (intervalSeconds: number): TokenSettings => ({
  baseUrl: 'https://api.example.com',
  credentialsSecretId: 's',
  intervalSeconds,
  accessTokenLifetimeSeconds: 1800,
  refreshTokenLifetimeSeconds: 604800,
});

interface Given {
  code?: FailureCode;
  fields?: FailureFields;
  attempt?: number;
  random?: number;
  intervalSeconds?: number;
  ageSeconds?: number;
}

const retry = ({
  code = 'ApiUnavailable',
  fields,
  attempt = 1,
  random = 0.999,
  intervalSeconds = 1500,
  ageSeconds = 0,
}: Given) =>
  retryInSeconds({
    failure: new RefreshError(code, fields),
    request: { token: 't', requestedBy: 'schedule', retryRefused: false, sentAt: 0, attempt },
    settings: settings(intervalSeconds),
    now: ageSeconds * 1000,
    random,
  });

describe('the pause before the next attempt', () => {
  it('grows to the cap of 20 s', () => {
    expect([1, 2, 3, 4, 100].map((attempt) => retry({ attempt }))).toEqual([5, 10, 20, 20, 20]);
  });

  it('is half jitter, and never 0', () => {
    expect([1, 2, 3, 4].map((attempt) => retry({ attempt, random: 0 }))).toEqual([3, 5, 10, 10]);
  });

  it('has a cap of a 75th of the interval, from 20 s to 5 minutes', () => {
    expect([120, 1500, 3000, 22_500, 43_200].map(pauseCapSeconds)).toEqual([20, 20, 40, 300, 300]);
  });

  it('may grow to 5 minutes where the API turns the request itself away', () => {
    expect([1, 4, 7, 8].map((attempt) => retry({ attempt, code: 'ApiForbidden' }))).toEqual([
      5, 40, 300, 300,
    ]);
  });

  it('is what the API asks for when that is longer, but never more than the interval', () => {
    const asked = (retryAfterSeconds: number) =>
      retry({ code: 'ApiThrottled', fields: { retryAfterSeconds } });
    expect([asked(2), asked(90), asked(1500), asked(86_400)]).toEqual([5, 90, 1500, 1500]);
  });
});

describe('a request ends, whatever the API asks for,', () => {
  it('five minutes after the next one is due', () => {
    const asked = (ageSeconds: number) =>
      retry({ code: 'ApiThrottled', fields: { retryAfterSeconds: 1000 }, ageSeconds });
    expect([asked(800), asked(801), asked(1700), asked(1799)]).toEqual([1000, 999, 100, 1]);
  });
});

describe('a request ends', () => {
  it.each<FailureCode>(['CredentialsRefused', 'CredentialsMalformed', 'NoCredentials'])('at %s', (code) => {
    expect(retry({ code })).toBeUndefined();
  });

  it('unless refused credentials may be tried again within two minutes', () => {
    const due = (retryAfterSeconds: number) =>
      retry({ code: 'CredentialsRefused', fields: { retryAfterSeconds } });
    expect([due(1), due(120), due(121)]).toEqual([1, 120, undefined]);
  });
});
