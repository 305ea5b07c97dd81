import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, wrap } from '../../cli/screen.ts';

describe('wrap', () => {
  it('breaks between words and keeps the indentation', () => {
    expect(wrap('  one two three', 9)).toBe('  one two\n  three');
    expect(wrap('12:00 one two three', 15, 6)).toBe('12:00 one two\n      three');
    expect(wrap('one\n\ntwo', 80)).toBe('one\n\ntwo');
  });

  it('leaves whole what is longer than a line', () => {
    expect(wrap('see arn:aws:iam::000000000000:policy/x now', 20)).toBe(
      'see\narn:aws:iam::000000000000:policy/x\nnow',
    );
  });

  it('does not count colours', () => {
    expect(wrap('\u001b[31mred\u001b[39m and more', 12)).toBe('\u001b[31mred\u001b[39m and more');
  });

  it('loses no word, and exceeds a line only by a word that is too long for it', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 80 }), (all, columns) => {
        const lines = wrap(all.join(' '), columns).split('\n');
        expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(all);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 200 },
    );
  });
});

it('text from outside cannot move the cursor', () => {
  expect(printable('a\u001b[2Jb\r\nc\u009bd')).toBe('a [2Jb c d');
});
