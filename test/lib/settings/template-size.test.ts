import { describe, expect, it } from 'vitest';
import type { NamedTokenProps } from '../../../lib/settings/settings.ts';
import { RESOURCES } from '../../../lib/settings/template-size.ts';
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

describe('the declared number of resources', () => {
  /** Of each type, as `<service>.<type>`. */
  const counted = (count: number, adopted = 0): Map<string, number> => {
    const { Resources } = templateOf({
      tokens: tokens(count, { readers: 0, adopted }),
      network: NETWORK,
    }).toJSON();
    const types = Object.values<{ Type: string }>(Resources).map(({ Type }) => Type);
    const byType = Map.groupBy(types, (type) => type.replace('AWS::', '').replace('::', '.'));
    return new Map([...byType].map(([type, all]) => [type, all.length]));
  };
  const declared = (services: Record<string, Record<string, number>>): [string, number][] =>
    Object.entries(services).flatMap(([service, types]) =>
      Object.entries(types).map(([type, count]): [string, number] => [`${service}.${type}`, count]),
    );

  it('of an environment is the most that a template has of each type, and the one that the CDK adds', () => {
    const most = new Map<string, number>([['CDK.Metadata', 1]]);
    const ofToken = new Map([...declared(RESOURCES.ofToken), ['SecretsManager.Secret', 1]]);
    for (const count of [1, 20, 21, 70]) {
      for (const [type, all] of counted(count)) {
        const shared = all - count * (ofToken.get(type) ?? 0);
        if (shared !== 0) most.set(type, Math.max(shared, most.get(type) ?? 0));
      }
    }
    expect(Object.fromEntries(most)).toEqual(Object.fromEntries(declared(RESOURCES.ofEnvironment)));
  });

  it('of a token is what one more adds to a template, beside its secret', () => {
    const [one, two] = [counted(1), counted(2)];
    const added = [...two].map(([type, count]): [string, number] => [type, count - (one.get(type) ?? 0)]);
    expect(Object.fromEntries(added.filter(([, count]) => count !== 0))).toEqual({
      ...Object.fromEntries(declared(RESOURCES.ofToken)),
      'SecretsManager.Secret': 1,
    });
    expect(counted(2, 1).get('SecretsManager.Secret')).toBe(1);
  });
});
