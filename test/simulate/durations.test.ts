import { expect, it } from 'vitest';
import { inWords } from '../../simulate/durations.ts';

it.each([
  [0, '0'],
  [59_000, '59 s'],
  [59_001, '1 min'],
  [400_000, '6 min 40 s'],
])('writes %i ms as %s, rounded up', (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});
