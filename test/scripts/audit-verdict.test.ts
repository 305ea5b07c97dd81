import { expect, it } from 'vitest';
import { auditVerdict } from '../../scripts/audit-verdict.ts';

const report = (vulnerabilities: object) => JSON.stringify({ metadata: { vulnerabilities } });

it.each([
  ['no holes', report({ high: 0, low: 0 }), 0, /0 critical, 0 high/],
  ['moderate ones', report({ moderate: 2 }), 0, /2 moderate/],
  ['a high one', report({ high: 1 }), 1, /1 high/],
  ['a critical one', report({ critical: 1 }), 1, /1 critical/],
  ['nothing', '', 2, /did not answer/],
  [
    'an error of the registry',
    JSON.stringify({ error: { code: 'ENOAUDIT' } }),
    2,
    /did not answer the audit \(ENOAUDIT\)/,
  ],
  ['a page', '<html>503</html>', 2, /did not answer/],
])('an audit that answers %s', (_, stdout, exitCode, message) => {
  expect(auditVerdict(stdout, '')).toEqual({ exitCode, message: expect.stringMatching(message) });
});
