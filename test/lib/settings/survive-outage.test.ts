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
  // 1800 s less 120 s of interval, 60 s of Scheduler, 12 s of attempt, 20 s of pause, and the writes.
  expect(survive(Duration.hours(10))).toMatch(
    /surviveOutage: must be at most 207 s with an interval of 25 minutes and a lifetime of 1800 s: no interval gives more than the 1587 s of 2 minutes; got 36000 s$/,
  );
  expect(survive(Duration.seconds(1587), { interval: Duration.minutes(2) })).toBe('accepted');
  expect(survive(Duration.seconds(1588), { interval: Duration.minutes(2) })).toContain(
    'must be at most 1587 s',
  );
});

it('any is refused where the pauses between attempts are longer than the margin, with the interval that would do', () => {
  const times = { interval: Duration.hours(12), accessTokenLifetime: Duration.seconds(12 * 3600 + 200) };
  expect(survive(Duration.seconds(60), times)).toMatch(
    /surviveOutage: must be left out with an interval of 720 minutes .*: an interval of 716 minutes would do; got 60 s$/,
  );
  expect(survive(Duration.seconds(60), { ...times, interval: Duration.minutes(716) })).toBe('accepted');
});

it('none is asked of a lifetime that is too short for every interval: the margin says so', () => {
  const message = survive(Duration.seconds(60), { accessTokenLifetime: Duration.minutes(2) });
  expect(message).toContain('it takes a lifetime of at least');
  expect(message).not.toContain('surviveOutage');
});

it('is a Duration of whole seconds', () => {
  expect(verdictOnToken({ surviveOutage: 600 })).toContain('surviveOutage: must be a Duration');
  expect(survive(Duration.millis(1500))).toContain('surviveOutage: must be a whole number of seconds');
});
