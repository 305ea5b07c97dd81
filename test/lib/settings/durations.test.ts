import { Duration, Lazy } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { verdictOnEnvironment, verdictOnToken } from './verdict.ts';

const SETTINGS = [
  'interval',
  'accessTokenLifetime',
  'refreshTokenLifetime',
  'surviveOutage',
  'staleAfter',
  'credentialsMaxAge',
] as const;

/** As the Duration of another copy of the CDK, of whatever version. */
const foreign = (milliseconds: number) => ({
  toMilliseconds: () => milliseconds,
  toHumanString: () => `${milliseconds} ms`,
});

const BAD: readonly { what: string; value: unknown; got: string }[] = [
  { what: 'NaN', value: Duration.minutes(Number.NaN), got: 'a Duration whose amount is no number' },
  {
    what: 'a text as amount',
    value: Duration.minutes('many' as never),
    got: 'a Duration whose amount is no number',
  },
  {
    what: 'a bigint as amount',
    value: Duration.minutes(25n as never),
    got: 'a Duration whose amount is no number',
  },
  {
    what: 'a token of the CDK',
    value: Duration.minutes(Lazy.number({ produce: () => 25 })),
    got: 'a Duration',
  },
  { what: 'a fraction', value: Duration.millis(0.5), got: '0.5 millis' },
  { what: 'infinity', value: Duration.days(Number.POSITIVE_INFINITY), got: 'Infinity days' },
  { what: 'a negative one', value: foreign(-60_000), got: 'a Duration whose amount is no number' },
  { what: 'an object of such a shape', value: { toMilliseconds: 25 }, got: 'a Duration' },
  { what: 'a text', value: '25 minutes', got: '"25 minutes"' },
  { what: 'a number', value: 25, got: '25' },
  { what: 'null', value: null, got: 'null' },
];

describe.each(SETTINGS)('%s', (setting) => {
  it.each(BAD)('refuses $what, with its place', ({ value, got }) => {
    expect(verdictOnToken({ [setting]: value })).toMatch(
      new RegExp(
        `^SettingError: environment "sandbox", token "payments-api", ${setting}: must be .*; got ${got}`,
      ),
    );
  });
});

it('a Duration of monitoring is refused in the same way', () => {
  for (const { value, got } of BAD) {
    expect(verdictOnEnvironment({ monitoring: { attentionFor: value } })).toContain(
      `environment "sandbox", monitoring.attentionFor: must be a Duration of whole minutes, at most 1 day; got ${got}`,
    );
  }
});

it('a Duration of another copy of the CDK counts as one', () => {
  expect(verdictOnToken({ interval: foreign(10 * 60_000) })).toBe('accepted');
  expect(verdictOnToken({ interval: foreign(10) })).toContain(
    'must be whole minutes, from 2 minutes to 12 hours; got 10 ms',
  );
});
