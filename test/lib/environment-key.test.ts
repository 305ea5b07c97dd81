import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { verdictOnEnvironment } from './settings/verdict.ts';
import {
  inQuickApp,
  payments,
  type Resource,
  resourceOf,
  resourcesOf,
  stackOf,
  templateOf,
  viaService,
} from './synth.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab';
const SECRET =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:token-refresher/production/payments-api/credentials-AbCdEf';

const handlerOf = (template: Template) =>
  resourceOf(template, 'AWS::Lambda::Function', 'RefresherFunction').Properties.Environment as {
    Variables: Record<string, string>;
  };
const permissionsOf = (template: Template): string =>
  JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy', 'RefresherFunctionRole'));

describe('an existing key', () => {
  const template = templateOf({ keyArn: KEY });

  it('encrypts parameters and secrets, and is found by the alias of the environment', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(resourceOf(template, 'AWS::KMS::Alias').Properties).toEqual({
      AliasName: 'alias/token-refresher/sandbox',
      TargetKeyId: KEY,
    });
    expect(handlerOf(template).Variables.TOKEN_REFRESHER_KEY_ARN).toBe(KEY);
    expect(resourceOf(template, 'AWS::SecretsManager::Secret').Properties.KmsKeyId).toBe(KEY);
    expect(permissionsOf(template)).toContain(KEY);
  });
});

describe('the keys that AWS manages', () => {
  const template = templateOf({ keyArn: 'aws-managed' });

  it('need neither key nor alias nor permission: their policies admit who may use the parameter or secret', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.resourceCountIs('AWS::KMS::Alias', 0);
    expect(handlerOf(template).Variables).not.toHaveProperty('TOKEN_REFRESHER_KEY_ARN');
    expect(resourceOf(template, 'AWS::SecretsManager::Secret').Properties).not.toHaveProperty('KmsKeyId');
    expect(permissionsOf(template)).not.toContain('kms:');
  });

  it('need none for a reader either', () => {
    const policies = inQuickApp((app) => {
      const stack = stackOf({ keyArn: 'aws-managed' }, app);
      const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      stack.refresher.addToken('orders-api', { baseUrl: 'https://orders.example.com' }).grantRead(role);
      return resourcesOf(Template.fromStack(stack), 'AWS::IAM::Policy', 'Reader');
    });
    expect(JSON.stringify(policies)).toContain('ssm:GetParameter');
    expect(JSON.stringify(policies)).not.toContain('kms:');
  });
});

describe('a change of the key of a live environment', () => {
  const keysAndSecrets = (template: Template) =>
    Object.entries(template.toJSON().Resources as Record<string, Resource>).filter(([, { Type }]) =>
      /^AWS::(KMS|SecretsManager)::/.test(Type),
    );
  /** What CloudFormation would do, as far as it goes by logical ids and removal policies. */
  const change = (from: Template, to: Template): string[] => {
    const [before, after] = [new Map(keysAndSecrets(from)), new Map(keysAndSecrets(to))];
    const gone = [...before].filter(([id]) => !after.has(id)).map(([, resource]) => resource);
    const made = [...after].filter(([id]) => !before.has(id)).map(([, resource]) => resource);
    const changed = [...after].flatMap(([id, { Type, Properties }]) => {
      const old = before.get(id)?.Properties ?? Properties;
      return [...new Set([...Object.keys(old), ...Object.keys(Properties)])]
        .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(Properties[name]))
        .map((name) => `changes ${Type} ${name}`);
    });
    return [
      ...changed,
      ...gone.map(({ Type, DeletionPolicy = 'Delete' }) => `${DeletionPolicy} of ${Type}`),
      ...made.map(({ Type }) => `makes ${Type}`),
    ];
  };
  const production = { name: 'production', production: true };
  // Neither property is one that CloudFormation replaces a resource for.
  const moved = ['changes AWS::KMS::Alias TargetKeyId', 'changes AWS::SecretsManager::Secret KmsKeyId'];

  it('moves alias and secrets to it, and deletes the former own key unless it is of production', () => {
    expect(change(templateOf(), templateOf({ keyArn: KEY }))).toEqual([...moved, 'Delete of AWS::KMS::Key']);
    expect(change(templateOf(production), templateOf({ ...production, keyArn: KEY }))).toEqual([
      ...moved,
      'RetainExceptOnCreate of AWS::KMS::Key',
    ]);
  });

  it('to another existing one, or to an own one, moves them as well', () => {
    const other = KEY.replaceAll('9', '8');
    expect(change(templateOf({ keyArn: KEY }), templateOf({ keyArn: other }))).toEqual(moved);
    expect(change(templateOf({ keyArn: KEY }), templateOf())).toEqual([...moved, 'makes AWS::KMS::Key']);
  });

  it('to those of AWS leaves no alias', () => {
    expect(change(templateOf(production), templateOf({ ...production, keyArn: 'aws-managed' }))).toEqual([
      'changes AWS::SecretsManager::Secret KmsKeyId',
      'RetainExceptOnCreate of AWS::KMS::Key',
      'Delete of AWS::KMS::Alias',
    ]);
  });
});

describe('the setting', () => {
  it('takes the two forms', () => {
    expect(verdictOnEnvironment({ keyArn: KEY })).toBe('accepted');
    expect(verdictOnEnvironment({ keyArn: 'aws-managed' })).toBe('accepted');
  });

  it.each(['alias/my-key', '99999999-12ab-34cd-56ef-1234567890ab', '', 7])('refuses %o', (keyArn) => {
    expect(verdictOnEnvironment({ keyArn })).toContain('environment "sandbox", keyArn: must be a whole ARN');
  });

  it('refuses a key of another Region', () => {
    expect(verdictOnEnvironment({ keyArn: KEY, region: 'us-east-1' })).toContain(
      "keyArn: must be in the environment's Region, us-east-1",
    );
  });
});

describe('a production environment', () => {
  it.each([true, false])('is protected from being deleted, another is not: production %s', (production) => {
    expect(inQuickApp((app) => stackOf({ production }, app).terminationProtection)).toBe(production);
  });

  it('that was destroyed takes the secret and the key that it left into use again', () => {
    const template = templateOf({
      name: 'production',
      production: true,
      keyArn: KEY,
      tokens: [{ ...payments, credentialsSecretArn: SECRET, credentialsKeyArn: KEY }],
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.resourceCountIs('AWS::KMS::Key', 0);
    const statements = resourceOf(template, 'AWS::IAM::Policy', 'RefresherFunctionRole').Properties
      .PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] };
    const decryptions = statements.Statement.filter(({ Action }) =>
      JSON.stringify(Action).includes('kms:Decrypt'),
    );
    expect(decryptions).toMatchObject([
      { Resource: KEY, Condition: { StringEquals: { 'kms:ViaService': viaService('ssm') } } },
      {
        Resource: KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': viaService('secretsmanager'),
            'kms:EncryptionContext:SecretARN': [SECRET],
          },
        },
      },
    ]);
    expect(resourceOf(template, 'AWS::Events::Rule').Properties.EventPattern).toMatchObject({
      detail: { name: ['token-refresher/production/payments-api/credentials'] },
    });
  });
});
