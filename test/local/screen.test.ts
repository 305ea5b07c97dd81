import { expect, it } from 'vitest';
import { duration } from '../../local/screen.ts';

it.each([
  [-1, '0 s'],
  [0, '0 s'],
  [499, '0 s'],
  [500, '1 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [61_000, '1 min 1 s'],
  [240_000, '4 min'],
])('writes a duration of %i ms as %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
