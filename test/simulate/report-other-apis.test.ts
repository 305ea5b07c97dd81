import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../simulate/options.ts';
import { reportLoginAlone, reportShortLives } from '../../simulate/report-other-apis.ts';

const printed = async (
  args: readonly string[],
  report: typeof reportShortLives | typeof reportLoginAlone,
) => {
  const lines: string[] = [];
  const result = await report(parseOptions(args), (text) => lines.push(...text.split('\n')));
  return { result, lines: lines.map((line) => line.split(/ {3,}/)) };
};

describe('the report of npm run simulate', () => {
  it('shows no time without a token in a week of tokens that live 15 minutes, and 10 minutes of 25 for a plain schedule', async () => {
    const { result, lines } = await printed(['--lateness', '0'], reportShortLives);
    expect(result).toBe(true);
    // 10 minutes before each of 403 ticks, and what the calls take.
    expect(lines).toContainEqual(['1', '0', expect.stringMatching(/^4030 min/)]);
  });

  it('has a row for each outage by login alone', async () => {
    const { lines } = await printed(['--outage', '0,10', '--tries', '0'], reportLoginAlone);
    expect(lines).toContainEqual(['0', '0', '0', '0', '0']);
    expect(lines).toContainEqual(['10 min', '6 min', ...Array(3).fill(expect.stringMatching(/ min/))]);
  });
});
