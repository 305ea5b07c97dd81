import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMES, MINUTE, pauseCapSeconds, SECOND } from '../../contract/times.ts';
import { drainSeconds, survivableSeconds } from '../../lib/settings/margin.ts';
import { ANSWERS_503, HANGS } from '../../simulate/random-outage.ts';
import { simulateYear } from '../../simulate/random-year.ts';
import { type SearchProps, worstMoment } from '../../simulate/worst-moment.ts';

/** A shorter search than `npm run simulate` makes: the worst it finds is within a second or two of that. */
const search: Omit<SearchProps, 'outageMs'> = {
  who: 'ours',
  times: DEFAULT_TIMES,
  latenessMs: 60 * SECOND,
  withCrash: false,
  seed: 1,
  stepMs: 5 * MINUTE,
  tries: 30,
};

describe('an outage at the worst moment', { timeout: 60_000 }, () => {
  it.each([
    { minutes: 1, most: 0, lateness: 60 },
    { minutes: 10, most: 6 * 60 + 40, lateness: 60 },
    { minutes: 60, most: 56 * 60 + 40, lateness: 60 },
    { minutes: 10, most: 5 * 60 + 40, lateness: 0 },
    { minutes: 60, most: 55 * 60 + 40, lateness: 0 },
  ])('of $minutes min costs at most $most s with ticks up to $lateness s late', async (row) => {
    const { minutes, most, lateness } = row;
    const found = await worstMoment({
      ...search,
      outageMs: minutes * MINUTE,
      latenessMs: lateness * SECOND,
    });
    expect(found.withoutTokenMs).toBeLessThanOrEqual(most * SECOND);
    expect(found.withoutTokenMs).toBeGreaterThanOrEqual(found.limitMs);
  });

  it.each([
    { what: 'answers 503', how: ANSWERS_503, most: 165 },
    // Perhaps an account is locked: pauses grow to 11 minutes, and a tenth.
    { what: 'does not answer', how: HANGS, most: 726 + 20 },
  ])('costs at most $most s more by login alone, if the token API $what', async ({ how, most }) => {
    const api = { loginAlone: true };
    const found = await worstMoment({ ...search, api, how, outageMs: 60 * MINUTE });
    expect(found.withoutTokenMs).toBeGreaterThanOrEqual(found.limitMs);
    expect(found.withoutTokenMs - found.limitMs).toBeLessThanOrEqual(most * SECOND);
  });

  it('costs a minute or so more when a run crashes', async () => {
    const found = await worstMoment({ ...search, outageMs: 10 * MINUTE, withCrash: true });
    expect(found.withoutTokenMs).toBeGreaterThan((6 * 60 + 40) * SECOND);
    expect(found.withoutTokenMs).toBeLessThan((6 * 60 + 20 + 60 + 15) * SECOND);
  });

  it('costs a plain schedule 20 minutes where it costs us 6', async () => {
    const found = await worstMoment({ ...search, who: 'plain', outageMs: 10 * MINUTE });
    expect(Math.round(found.withoutTokenMs / MINUTE)).toBe(20);
  });

  it.each([
    [25, 30],
    [10, 15],
    [50, 60],
  ])(
    'costs nothing if the budget of a schedule of %i min and tokens of %i min has room for it',
    async (interval, lifetime) => {
      const times = {
        ...DEFAULT_TIMES,
        intervalSeconds: interval * 60,
        accessTokenLifetimeSeconds: lifetime * 60,
      };
      const outageMs = survivableSeconds(times, drainSeconds(1, false), pauseCapSeconds) * SECOND;
      const found = await worstMoment({ ...search, times, outageMs });
      expect(found.withoutTokenMs).toBe(0);
    },
  );
});

it('two months of random outages cost at most the arithmetic limit and 40 s for each that outlasts the margin', async () => {
  const year = await simulateYear({ seed: 1, years: 1 / 6, times: DEFAULT_TIMES, latenessMs: 60 * SECOND });
  expect(year.outagesBeyondMargin).toBeGreaterThan(3);
  expect(year.oursMs).toBeLessThanOrEqual(year.allowedMs);
  expect(year.oursMs).toBeGreaterThanOrEqual(year.limitMs);
  expect(year.plainMs).toBeGreaterThan(year.oursMs);
});
