import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import * as library from '../../lib/index.ts';
import type { NamedTokenProps } from '../../lib/settings/settings.ts';
import { inQuickApp, stackOf } from '../lib/synth.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const [section = ''] = readme.split('\n## Your API\n')[1]?.split('\n## ') ?? [];
const examples = [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

/** As if it stood in environments.ts with all that the package exports. */
const tokenIn = (code: string): NamedTokenProps =>
  new Function(...Object.keys(library), `return (${code});`)(...Object.values(library));

it('the README shows three ways to describe a token API', () => {
  expect(examples).toHaveLength(3);
});

it.each(examples)('is synthesized: %s', (code) => {
  const token = tokenIn(code);
  inQuickApp((app) => {
    const template = Template.fromStack(stackOf({ tokens: [token] }, app));
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: `token-refresher-sandbox-${token.name}`,
    });
  });
});
