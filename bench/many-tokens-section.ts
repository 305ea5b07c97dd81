import { SECOND } from '../contract/times.ts';
import type { Section } from './report.ts';
import { openWorld } from './world.ts';

const WRITES_PER_TOKEN = 2;

/** How long it takes until all tokens are fresh, where Parameter Store takes so many writes a second. */
export async function manyTokensSection(
  loads: readonly (readonly [tokens: number, rate: number])[],
): Promise<Section> {
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const [tokens, rate] of loads) {
    const seconds = await secondsUntilFresh(tokens, rate);
    const arithmetic = (tokens * WRITES_PER_TOKEN) / rate;
    ratios.push(seconds / arithmetic);
    rows.push([
      String(tokens),
      String(rate),
      arithmetic.toFixed(1),
      seconds.toFixed(1),
      (seconds / arithmetic).toFixed(2),
    ]);
  }
  return {
    title: 'Many tokens at once',
    text: 'All tokens fall due in the same second; Parameter Store throttles writes beyond its rate, but for those of one second at once. Without higher throughput AWS allows three a second.',
    head: ['tokens', 'writes a second', 'quota’s arithmetic, s', 'until all are fresh, s', 'ratio'],
    rows,
    targets: [
      {
        what: `${loads.at(-1)?.[0]} tokens at ${loads.at(-1)?.[1]} writes a second, beside the quota's arithmetic`,
        target: 1.2,
        seen: ratios.at(-1) ?? Number.NaN,
        unit: '×',
      },
    ],
  };
}

async function secondsUntilFresh(tokens: number, rate: number): Promise<number> {
  const names = Array.from({ length: tokens }, (_, index) => `token-${index}`);
  await using world = await openWorld(names);
  let left = rate;
  let at = performance.now();
  world.aws.faults.add({
    operation: 'PutParameter',
    fault: 'throttle',
    times: Number.POSITIVE_INFINITY,
    match() {
      const now = performance.now();
      left = Math.min(rate, left + ((now - at) / SECOND) * rate);
      at = now;
      if (left < 1) return true;
      left--;
      return false;
    },
  });
  const startedAt = performance.now();
  await world.refreshAll();
  return (performance.now() - startedAt) / SECOND;
}
