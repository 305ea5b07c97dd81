import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../../contract/failures.ts';
import { pauseCapSeconds, SECOND } from '../../../contract/times.ts';
import { backOffMs } from '../../../lambda/refresh/back-off.ts';
import { type FailureFields, RefreshError } from '../../../lambda/refresh/refresh-error.ts';
import { settings } from './fixtures.ts';

interface Given {
  code?: FailureCode;
  fields?: FailureFields;
  tries?: number;
  random?: number;
  intervalSeconds?: number;
}

const pause = ({
  code = 'ApiUnavailable',
  fields,
  tries = 0,
  random = 0.999,
  intervalSeconds = 1500,
}: Given) =>
  backOffMs({
    failure: new RefreshError(code, fields),
    tries,
    settings: { ...settings, intervalSeconds },
    random,
  }) / SECOND;

describe('the pause before the next attempt', () => {
  it('grows to the cap of 20 s', () => {
    expect([0, 1, 2, 3, 99].map((tries) => pause({ tries }))).toEqual([5, 10, 20, 20, 20]);
  });

  it('is half jitter, and never 0', () => {
    expect([0, 1, 2, 3].map((tries) => pause({ tries, random: 0 }))).toEqual([3, 5, 10, 10]);
  });

  it('has a cap of a 75th of the interval, from 20 s to 5 minutes', () => {
    expect([120, 1500, 3000, 22_500, 43_200].map(pauseCapSeconds)).toEqual([20, 20, 40, 300, 300]);
    expect(pause({ tries: 20, intervalSeconds: 3000 })).toBe(40);
  });

  it('is what the API asks for when that is longer, but never more than the interval', () => {
    const asked = (retryAfterSeconds: number) =>
      pause({ code: 'ApiThrottled', fields: { retryAfterSeconds } });
    expect([asked(2), asked(90), asked(1500), asked(86_400)]).toEqual([5, 90, 1500, 1500]);
  });

  it('is a minute after an answer that is no outage and came again', () => {
    for (const code of ['ApiForbidden', 'ClientRefused'] as const) {
      expect(pause({ code })).toBeLessThanOrEqual(5);
      expect(pause({ code, tries: 1 })).toBe(60);
    }
    expect(pause({ code: 'ApiUnavailable', tries: 9 })).toBeLessThanOrEqual(20);
  });
});
