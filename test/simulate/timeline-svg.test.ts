import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../contract/times.ts';
import { inWords } from '../../simulate/durations.ts';
import { table } from '../../simulate/table.ts';
import { timelineSvg } from '../../simulate/timeline-svg.ts';

const minutes = (from: number, to: number) => ({ from: from * MINUTE, to: to * MINUTE });

describe('timelineSvg', () => {
  const svg = timelineSvg('An outage', [
    {
      shown: minutes(0, 100),
      outage: minutes(20, 80),
      ticks: [0, 25, 50, 75, 100, 125].map((minute) => minute * MINUTE),
      rows: [
        { label: 'ours', withoutToken: [minutes(30, 80)] },
        { label: 'theirs', withoutToken: [minutes(30, 35), minutes(60, 100)] },
      ],
    },
  ]);

  it('draws every time without a token, at its place, with its length', () => {
    const bars = [...svg.matchAll(/class="without" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(
      ([, x, width]) => [Number(x), Number(width)],
    );
    const [legend, ...gaps] = bars;
    expect(legend?.[1]).toBe(12);
    const scale = (gaps[0]?.[1] ?? 0) / 50;
    expect(gaps.map(([x = 0, width = 0]) => [(x - 150) / scale, width / scale].map(Math.round))).toEqual([
      [30, 50],
      [30, 5],
      [60, 40],
    ]);
    for (const label of ['50 min', '5 min', '40 min', '60 min', 'ours', 'theirs']) {
      expect(svg).toContain(`>${label}<`);
    }
  });

  it('marks the ticks that are in sight, and counts minutes from the beginning of the outage', () => {
    expect(svg.match(/class="tick"/g)).toHaveLength(1 + 5);
    const axis = [...svg.matchAll(/>(-?\d+)</g)].map(([, minute]) => Number(minute));
    expect(axis).toEqual([-20, -10, 0, 10, 20, 30, 40, 50, 60, 70, 80]);
  });
});

describe('inWords', () => {
  it.each([
    [0, '0'],
    [1, '1 s'],
    [59_000, '59 s'],
    [59_001, '1 min'],
    [400_000, '6 min 40 s'],
    [3_600_000, '60 min'],
  ])('writes %i ms as %s', (milliseconds, words) => {
    expect(inWords(milliseconds)).toBe(words);
  });
});

describe('table', () => {
  it('lines up the columns', () => {
    expect(
      table(
        ['what', 'much'],
        [
          ['a', '1'],
          ['bcdef', '10'],
        ],
      ),
    ).toBe(['what    much', 'a          1', 'bcdef     10'].join('\n'));
  });
});
