import { Duration } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { verdictOnToken } from './verdict.ts';

const survive = (outage: Duration, change: object = {}) =>
  verdictOnToken({ surviveOutage: outage, ...change });

it('an outage that the defaults survive is accepted to the second', () => {
  expect(survive(Duration.seconds(207))).toBe('accepted');
  expect(survive(Duration.seconds(208))).toContain('surviveOutage: must be at most 207 s');
});

it('a longer one is refused with the interval that would do, and accepted with that', () => {
  expect(survive(Duration.minutes(10))).toMatch(
    /lifetime of 1800 s: an interval of 18 minutes would do; got 600 s$/,
  );
  expect(survive(Duration.minutes(10), { interval: Duration.minutes(18) })).toBe('accepted');
});

it('one that is too long for the lifetime is refused without a false hope', () => {
  expect(survive(Duration.minutes(30))).toContain('no interval gives more');
});

it('is a Duration of whole seconds', () => {
  expect(verdictOnToken({ surviveOutage: 600 })).toContain('surviveOutage: must be a Duration');
  expect(survive(Duration.millis(1500))).toContain('surviveOutage: must be a whole number of seconds');
});
