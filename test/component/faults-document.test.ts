import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAILURE_CODES } from '../../contract/failures.ts';
import { faultsDocument, provedElsewhere } from './faults-document.ts';

const FILE = new URL('../../docs/faults.md', import.meta.url);

it('docs/faults.md says what the tests prove', () => {
  const text = faultsDocument();
  if (process.env.WRITE_DOCS === '1') writeFileSync(FILE, text);
  expect(readFileSync(FILE, 'utf8'), 'run `npm run docs`').toBe(text);
});

it.each(provedElsewhere)('the test exists: $title', ({ file, title }) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(`'${title}'`);
});

it('every failure code has a row', () => {
  const text = faultsDocument();
  expect(FAILURE_CODES.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});
