import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import { arithmeticLimit, tickTimes } from '../../simulate/schedule.ts';

describe('tickTimes', () => {
  it('begin at once and are late each for itself: the grid does not move', () => {
    const lateness = (tick: number) => [7, 0, 3][tick] ?? 0;
    expect(tickTimes({ from: 100, to: 6100, intervalSeconds: 2, lateness })).toEqual([107, 2100, 4103]);
  });
});

describe('arithmeticLimit', () => {
  const ticks = [0, 25, 50, 75, 100].map((minute) => minute * MINUTE);
  const limitOf = (...outages: [number, number][]): number =>
    arithmeticLimit({
      ticks,
      outages: outages.map(([from, to]) => ({ from: from * MINUTE, to: to * MINUTE })),
      accessTokenLifetimeSeconds: 1800,
    }) / MINUTE;

  it('is nothing without an outage, and for one that ends before the token does', () => {
    expect(limitOf()).toBe(0);
    expect(limitOf([24, 30])).toBe(0);
    expect(limitOf([1, 25])).toBe(0);
  });

  it('counts from the death of the token to the end of the outage', () => {
    expect(limitOf([24, 31])).toBe(1);
    expect(limitOf([24, 84])).toBe(54);
  });

  it('knows that a token got after one outage bridges the next', () => {
    expect(limitOf([24, 40], [49, 80])).toBe(10 + 10);
  });
});
