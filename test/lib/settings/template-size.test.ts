import { describe, expect, it } from 'vitest';
import type { NamedTokenProps } from '../../../lib/settings/settings.ts';
import { manyTokens, NETWORK, templateOf } from '../synth.ts';
import { verdictOnTokens } from './verdict.ts';

/** The first ones have a policy for readers, the last ones a secret of somebody else, with as long an ARN as fits. */
const tokens = (count: number, of: { readers: number; adopted?: number }): NamedTokenProps[] =>
  manyTokens(count).map((token, index) => ({
    ...token,
    readerPolicy: index < of.readers,
    ...(index >= count - (of.adopted ?? 0) && {
      credentialsSecretArn: `arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:${'a'.repeat(110)}${index}-AbCdEf`,
    }),
  }));

/** With the one that the CDK adds where its CLI runs the app. */
const resources = (props: NamedTokenProps[]): number =>
  Object.keys(templateOf({ tokens: props, network: NETWORK }).toJSON().Resources).length + 1;

describe.each([
  { adopted: 0, most: 37 },
  { adopted: 25, most: 62 },
])('70 tokens, $adopted of them with adopted secrets', ({ adopted, most }) => {
  it('may have so many readers as fit into a template, but for a few', () => {
    const full = tokens(70, { readers: most, adopted });
    expect(verdictOnTokens(...full)).toBe('accepted');
    expect(resources(full)).toBeLessThanOrEqual(500);
    expect(resources(full)).toBeGreaterThan(495);
  });

  it('are refused with one reader more', () => {
    expect(verdictOnTokens(...tokens(70, { readers: most + 1, adopted }))).toBe(
      `SettingError: environment "sandbox", readerPolicy: must be true for at most ${most} of 70 tokens, since a ` +
        `template holds 500 resources: for the others, copy the policy in docs/security.md; got ${most + 1}`,
    );
  });
});

it('up to 65 tokens all may have readers', () => {
  expect(verdictOnTokens(...tokens(65, { readers: 65 }))).toBe('accepted');
  expect(verdictOnTokens(...tokens(66, { readers: 66 }))).toContain('for at most 61 of 66 tokens');
});

it('70 tokens fit without readers, and a few whose names fill the policies', () => {
  expect(resources(tokens(70, { readers: 0 }))).toBeLessThanOrEqual(500);
  expect(resources(tokens(20, { readers: 0 }))).toBeLessThanOrEqual(43 + 20 * 6);
});
