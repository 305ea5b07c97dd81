import { expect, it } from 'vitest';
import { parseOptions } from '../../simulate/options.ts';
import { reportLoginAlone } from '../../simulate/report.ts';

it('the report of npm run simulate has a row for each outage', async () => {
  const lines: string[] = [];
  const options = parseOptions(['--outage', '0,10', '--tries', '0']);
  await reportLoginAlone(options, (text) => lines.push(...text.split('\n')));
  const rows = lines.map((line) => line.split(/ {3,}/));
  expect(rows).toContainEqual(['0', '0', '0', '0', '0']);
  expect(rows).toContainEqual(['10 min', '6 min', ...Array(3).fill(expect.stringMatching(/ min/))]);
});
