import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { NamedTokenProps } from '../../lib/settings.ts';
import { manyTokens, payments, resourcesOf, templateOf } from './synth.ts';

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
const permissionsWith = (tokens: readonly NamedTokenProps[]): Statement[] => {
  const template = templateOf({ tokens });
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
  it('allows exactly what a refresh of two tokens takes', () => {
    const parameters = ['payments-api', 'shipping-api'].flatMap((token) => [
      parameter(token, 'access-token'),
      parameter(token, 'session'),
    ]);
    const secrets = [secret('payments-api'), secret('shipping-api')];
    expect(
      permissionsWith([payments, { name: 'shipping-api', baseUrl: 'https://shipping.example.com' }]),
    ).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: expect.stringMatching(/^arn:aws:logs:/),
      },
      {
        Effect: 'Allow',
        Action: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:ReceiveMessage',
        ],
        Resource: `arn:aws:sqs:${ARN}:token-refresher-sandbox.fifo`,
      },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:${ARN}:token-refresher-sandbox-dead-letters.fifo`,
      },
      { Effect: 'Allow', Action: ['ssm:GetParameters', 'ssm:PutParameter'], Resource: parameters },
      {
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        Resource: secrets,
      },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
        Resource: KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'ssm.ap-southeast-2.amazonaws.com',
            'kms:EncryptionContext:PARAMETER_ARN': parameters,
          },
        },
      },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'secretsmanager.ap-southeast-2.amazonaws.com',
            'kms:EncryptionContext:SecretARN': secrets,
          },
        },
      },
    ]);
  });

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
        StringEquals: { 'kms:ViaService': 'ssm.ap-southeast-2.amazonaws.com' },
        StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameter('*', '').slice(0, -1)] },
      },
      {
        StringEquals: { 'kms:ViaService': 'secretsmanager.ap-southeast-2.amazonaws.com' },
        StringLike: {
          'kms:EncryptionContext:SecretARN': [
            `arn:aws:secretsmanager:${ARN}:secret:token-refresher/sandbox/*`,
          ],
        },
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
            'kms:ViaService': 'secretsmanager.ap-southeast-2.amazonaws.com',
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

describe('policy quotas, which do not count white space', () => {
  const INLINE_CHARACTERS = 10_240;
  const MANAGED_CHARACTERS = 6_144;
  const MANAGED_POLICIES = 10;
  const sizeOf = (document: unknown) => JSON.stringify(document).replaceAll(/\s/g, '').length;
  const adopted = (count: number, withKeys = false): NamedTokenProps[] =>
    manyTokens(count).map((token, index) => ({
      ...token,
      ...(withKeys && { credentialsKeyArn: `${ADOPTED_KEY}${index}` }),
      credentialsSecretArn: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${String(index).padStart(2, '0')}-AbCdEf`,
    }));

  it.each([
    { what: '1 token', tokens: manyTokens(1) },
    { what: '20 tokens', tokens: manyTokens(20) },
    { what: '21 tokens', tokens: manyTokens(21) },
    { what: '70 tokens', tokens: manyTokens(70) },
    { what: '70 tokens with adopted secrets', tokens: adopted(70) },
    { what: '34 tokens with adopted secrets and keys', tokens: adopted(34, true) },
  ])('hold the permissions for $what with the longest names', ({ tokens }) => {
    const template = templateOf({ name: 'a'.repeat(16), tokens });
    const inline = documents(template, 'AWS::IAM::Policy');
    const managed = documents(template, 'AWS::IAM::ManagedPolicy');
    expect(inline.reduce((sum, document) => sum + sizeOf(document), 0)).toBeLessThanOrEqual(
      INLINE_CHARACTERS,
    );
    for (const document of managed) expect(sizeOf(document)).toBeLessThanOrEqual(MANAGED_CHARACTERS);
    expect(managed.length).toBeLessThanOrEqual(MANAGED_POLICIES);
  });
});
