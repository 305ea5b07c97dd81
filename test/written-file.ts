import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Asserts that a file says what the tests prove. Under `npm run docs` (WRITE_DOCS=1) it is written first. */
export function expectWritten(path: string, text: string): void {
  const file = new URL(`../${path}`, import.meta.url);
  if (process.env.WRITE_DOCS === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8'), 'run `npm run docs`').toBe(text);
}
