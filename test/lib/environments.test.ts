import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { environments } from '../../environments.ts';
import { parseEnvironments } from '../../lib/settings/parse.ts';
import { inQuickApp, stackOf } from './synth.ts';

it('the environments file of the project is good', () => {
  expect(() => parseEnvironments(environments)).not.toThrow();
});

it('no template knows of another environment', () => {
  const tokens = (environment: string) => [
    { name: `${environment}-api`, baseUrl: `https://${environment}-host.example.com` },
  ];
  const [alpha = '', beta = ''] = inQuickApp((app) =>
    ['alpha', 'beta']
      .map((name) => stackOf({ name, tokens: tokens(name) }, app))
      .map((stack) => JSON.stringify(Template.fromStack(stack))),
  );
  expect(alpha).toContain('alpha-host');
  expect(alpha).not.toMatch(/beta/i);
  expect(beta).toContain('beta-host');
  expect(beta).not.toMatch(/alpha/i);
});
