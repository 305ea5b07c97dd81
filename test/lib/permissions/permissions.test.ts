import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { whatStays } from '../../../cli/what-stays.ts';
import type { NamedTokenProps } from '../../../lib/settings/settings.ts';
import type { TokenRefresherStackProps } from '../../../lib/token-refresher-stack.ts';
import { verdict } from '../settings/verdict.ts';
import { manyTokens, payments, resourcesOf, templateOf, viaService } from '../synth.ts';

const ARN = 'ap-southeast-2:123456789012';
const KEY = `arn:aws:kms:${ARN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ADOPTED = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments/login-AbCdEf';
const ADOPTED_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Effect: string;
  readonly Condition?: unknown;
}

const documents = (template: Template, type: string): { Statement: Statement[] }[] =>
  resourcesOf(template, type, 'RefresherFunctionRole').map(
    ({ Properties }) => Properties.PolicyDocument as { Statement: Statement[] },
  );

/** All that the function's role may do, inline or in managed policies. */
const permissionsWith = (tokens: readonly NamedTokenProps[], keyArn?: string): Statement[] => {
  const template = templateOf({ tokens, ...(keyArn !== undefined && { keyArn }) });
  const policies = [
    ...documents(template, 'AWS::IAM::Policy'),
    ...documents(template, 'AWS::IAM::ManagedPolicy'),
  ];
  return policies.flatMap(({ Statement }) => Statement);
};

const parameter = (token: string, name: string) =>
  `arn:aws:ssm:${ARN}:parameter/token-refresher/sandbox/${token}/${name}`;
const secret = (token: string) =>
  `arn:aws:secretsmanager:${ARN}:secret:token-refresher/sandbox/${token}/credentials-AbCdEf`;

describe('the role of the function', () => {
  it('has no wildcard up to 20 tokens, and beyond that only patterns bound to the environment', () => {
    expect(JSON.stringify(permissionsWith(manyTokens(20)).slice(1))).not.toContain('*');
    const statements = permissionsWith(manyTokens(21));
    const patterns = JSON.stringify(statements.slice(1)).match(/"[^"]*\*[^"]*"/g) ?? [];
    expect([...new Set(patterns)].toSorted()).toEqual([
      `"arn:aws:secretsmanager:${ARN}:secret:token-refresher/sandbox/*"`,
      `"arn:aws:ssm:${ARN}:parameter/token-refresher/sandbox/*"`,
    ]);
    const conditions = statements
      .map(({ Condition }) => Condition)
      .filter((condition) => condition !== undefined);
    expect(conditions).toEqual([
      {
        StringEquals: { 'kms:ViaService': viaService('ssm') },
        StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameter('*', '').slice(0, -1)] },
      },
      {
        StringEquals: { 'kms:ViaService': viaService('secretsmanager') },
        StringLike: {
          'kms:EncryptionContext:SecretARN': [
            `arn:aws:secretsmanager:${ARN}:secret:token-refresher/sandbox/*`,
          ],
        },
      },
    ]);
  });

  it('covers by its patterns what a production stack left, and names every other secret', async () => {
    const left = await leftBehind('sandbox', manyTokens(21));
    const others = [
      { name: 'elsewhere', credentialsSecretArn: ADOPTED, credentialsKeyArn: ADOPTED_KEY },
      { name: 'other-key', credentialsSecretArn: secret('other-key'), credentialsKeyArn: ADOPTED_KEY },
      { name: 'no-key', credentialsSecretArn: secret('no-key') },
    ].map((token) => ({ ...token, baseUrl: payments.baseUrl }));
    const statements = permissionsWith([...left.tokens, ...others], left.keyArn);
    const pattern = `arn:aws:secretsmanager:${ARN}:secret:token-refresher/sandbox/*`;
    const readable = statements.find(({ Action }) => Action.includes('secretsmanager:GetSecretValue'));
    expect([readable?.Resource].flat().toSorted()).toEqual(
      [pattern, ADOPTED, secret('other-key'), secret('no-key')].toSorted(),
    );
    expect(statements.filter(({ Action }) => Action === 'kms:Decrypt')).toMatchObject([
      {
        Resource: ADOPTED_KEY,
        Condition: {
          StringEquals: { 'kms:EncryptionContext:SecretARN': [ADOPTED, secret('other-key')] },
        },
      },
      {
        Resource: KEY,
        Condition: { StringLike: { 'kms:EncryptionContext:SecretARN': [pattern] } },
      },
    ]);
  });

  it('names adopted secrets, and decrypts with their key where they have one of their own', () => {
    const statements = permissionsWith([
      { ...payments, credentialsSecretArn: ADOPTED, credentialsKeyArn: ADOPTED_KEY },
    ]);
    expect(statements.find(({ Action }) => Action.includes('secretsmanager:GetSecretValue'))?.Resource).toBe(
      ADOPTED,
    );
    expect(statements.filter(({ Action }) => Action === 'kms:Decrypt')).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: ADOPTED_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': viaService('secretsmanager'),
            'kms:EncryptionContext:SecretARN': [ADOPTED],
          },
        },
      },
    ]);
  });

  it('needs no key for an adopted secret that has the AWS managed one', () => {
    const statements = permissionsWith([{ ...payments, credentialsSecretArn: ADOPTED }]);
    expect(statements.filter(({ Action }) => Action === 'kms:Decrypt')).toEqual([]);
  });
});

/** Of a stack that left them, as the lines that were printed say. */
async function leftBehind(
  name: string,
  tokens: readonly NamedTokenProps[],
): Promise<TokenRefresherStackProps> {
  const { lines } = await whatStays({ name, production: true, tokens }, async (secretName) => ({
    arn: `arn:aws:secretsmanager:${ARN}:secret:${secretName}-AbCdEf`,
    kmsKeyId: KEY,
  }));
  const [keyArn = '', ...ofTokens] = lines.flatMap((line) => /^ {2}\w+: '(.+)',$/.exec(line)?.[1] ?? []);
  const adopting = tokens.map((token, index) => ({
    ...token,
    credentialsSecretArn: ofTokens[2 * index] ?? '',
    credentialsKeyArn: ofTokens[2 * index + 1] ?? '',
  }));
  return { name, keyArn, tokens: adopting };
}

describe('policy quotas, which do not count white space', () => {
  const INLINE_CHARACTERS = 10_240;
  const MANAGED_CHARACTERS = 6_144;
  const MANAGED_POLICIES = 10;
  const sizeOf = (document: unknown) => JSON.stringify(document).replaceAll(/\s/g, '').length;
  const adopted = (count: number, keyOf: (index: number) => string | undefined): NamedTokenProps[] =>
    manyTokens(count).map((token, index) => {
      const credentialsKeyArn = keyOf(index);
      return {
        ...token,
        ...(credentialsKeyArn !== undefined && { credentialsKeyArn }),
        credentialsSecretArn: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${String(index).padStart(2, '0')}-AbCdEf`,
      };
    });
  const LONGEST = 'a'.repeat(16);

  const fits = (settings: TokenRefresherStackProps): void => {
    const template = templateOf(settings);
    const inline = documents(template, 'AWS::IAM::Policy');
    const managed = documents(template, 'AWS::IAM::ManagedPolicy');
    expect(inline.reduce((sum, document) => sum + sizeOf(document), 0)).toBeLessThanOrEqual(
      INLINE_CHARACTERS,
    );
    for (const document of managed) expect(sizeOf(document)).toBeLessThanOrEqual(MANAGED_CHARACTERS);
    expect(managed.length).toBeLessThanOrEqual(MANAGED_POLICIES);
  };

  const placed = { account: '123456789012', region: 'us-gov-west-1' };
  it.each([1, 9, 10, 11, 14, 17, 19, 20, 21, 70])(
    'hold the permissions for %i tokens with the longest names',
    (count) => {
      const settings = { name: LONGEST, tokens: manyTokens(count) };
      fits(settings);
      fits({ ...settings, ...placed });
    },
  );

  it.each([
    { what: '70 tokens with adopted secrets', tokens: adopted(70, () => undefined) },
    { what: '70 tokens with adopted secrets and one key', tokens: adopted(70, () => ADOPTED_KEY) },
    {
      what: '34 tokens with adopted secrets and keys',
      tokens: adopted(34, (index) => `${ADOPTED_KEY}${index}`),
    },
  ])('hold the permissions for $what with the longest names', ({ tokens }) => {
    fits({ name: LONGEST, tokens });
  });

  it.each([20, 21, 70])('hold them for %i tokens with what a production stack left', async (count) => {
    const settings = await leftBehind(LONGEST, manyTokens(count));
    expect(verdict(settings)).toBe('accepted');
    fits(settings);
  });
});
