import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { examples, run } from './documentation.ts';
import { worldWithToken } from './world.ts';

const runnable = examples('ts').filter(
  ({ needsOtherPackages, readsAcross }) => !needsOtherPackages && !readsAcross,
);

it('there are examples to run', () => {
  expect(runnable.length).toBeGreaterThanOrEqual(4);
});

it.concurrent.for(runnable)(
  'the example at $place runs, and the API accepts its token',
  async (example, test) => {
    const world = await worldWithToken(test);
    await run('ts', example, { world, folder: tmpdir() });
    expect(world.answers).toEqual([200]);
  },
);

it('the table of quotas is right', () => {
  const text = readFileSync(new URL('../../docs/consumers.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| ([\d,]+) \| \**([\d,.]+)\** \| \**([\d,.]+)\** \| ([\d,]+) \|$/gm)];
  const numbers = rows.map((row) => row.slice(1).map((cell) => Number(cell.replaceAll(',', ''))));
  expect(numbers.length).toBe(6);
  for (const [processes = 0, at60 = 0, at225 = 0, bare = 0] of numbers) {
    expect(Math.abs((at60 * 0.875 * 60) / processes - 1)).toBeLessThan(0.06);
    expect(Math.abs((at225 * 0.875 * 225) / processes - 1)).toBeLessThan(0.06);
    expect(bare).toBe(processes);
  }
});
