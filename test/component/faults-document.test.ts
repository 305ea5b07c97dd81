import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FAILURE_CODES } from '../../contract/failures.ts';
import { expectWritten } from '../written-file.ts';
import { faultsDocument, provedElsewhere } from './faults-document.ts';

it('docs/faults.md says what the tests prove', () => {
  expectWritten('docs/faults.md', faultsDocument());
});

it.each(provedElsewhere)('the test exists: $title', ({ file, title }) => {
  expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(`'${title}'`);
});

it('every failure code has a row', () => {
  const text = faultsDocument();
  expect(FAILURE_CODES.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});
