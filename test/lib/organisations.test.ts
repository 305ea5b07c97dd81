import {
  Aspects,
  CliCredentialsStackSynthesizer,
  type IAspect,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  PermissionsBoundary,
  Stack,
  type StackProps,
  Stage,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { login, secret } from '../../lib/index.ts';
import { TokenRefresher } from '../../lib/token-refresher.ts';
import type { TokenRefresherProps } from '../../lib/token-refresher-props.ts';
import { TokenRefresherStack } from '../../lib/token-refresher-stack.ts';
import { inQuickApp, payments, type Resource, resourceOf, resourcesOf } from './synth.ts';

const env = { account: '111122223333', region: 'eu-central-1' };

/** The template of a stack with a refresher in it, prepared before it is there. */
function templateOf(
  prepare: (stack: Stack) => Partial<TokenRefresherProps> = () => ({}),
  props: StackProps = {},
): Template {
  return inQuickApp((app) => {
    const stack = new Stack(app, 'Tokens', { env, ...props });
    const more = prepare(stack);
    const refresher = new TokenRefresher(stack, 'Refresher', {
      environment: 'sandbox',
      alarmEmail: 'team@example.com',
      ...more,
    });
    refresher.addToken('payments-api', { baseUrl: payments.baseUrl });
    return Template.fromStack(stack);
  });
}

const rolesOf = (template: Template): Resource[] => Object.values(resourcesOf(template, 'AWS::IAM::Role'));

describe('an organisation that makes roles itself', () => {
  it('gets a stack without roles, and with the names of its own', () => {
    const template = templateOf((stack) => {
      const roles = ['Function', 'CleanUp', 'Schedules'].map((part) => [
        `Tokens/Refresher/${part}/Role`,
        `its-${part}`,
      ]);
      Role.customizeRoles(stack, { usePrecreatedRoles: Object.fromEntries(roles) });
      return {};
    });
    expect(rolesOf(template)).toEqual([]);
    for (const part of ['Function', 'CleanUp', 'Schedules']) {
      expect(JSON.stringify(template.toJSON())).toContain(`role/its-${part}`);
    }
  });
});

it('a permissions boundary reaches every role', () => {
  const template = templateOf(undefined, { permissionsBoundary: PermissionsBoundary.fromName('boundary') });
  const boundaries = rolesOf(template).map(({ Properties }) => Properties.PermissionsBoundary);
  expect(boundaries.length).toBeGreaterThanOrEqual(3);
  expect(boundaries).not.toContain(undefined);
});

it('an aspect that changes roles is heard', () => {
  const onPath: IAspect = {
    visit(node) {
      if (node instanceof CfnRole) node.path = '/teams/';
    },
  };
  const template = templateOf((stack) => {
    Aspects.of(stack).add(onPath);
    return {};
  });
  expect(new Set(rolesOf(template).map(({ Properties }) => Properties.Path))).toEqual(new Set(['/teams/']));
});

it.each([
  ['legacy', () => new LegacyStackSynthesizer()],
  ['of the CLI', () => new CliCredentialsStackSynthesizer()],
])('the synthesizer %s serves', (_, make) => {
  // CDK's own classes do not fit its interface where optional and undefined are told apart.
  const synthesizer = make() as unknown as IStackSynthesizer;
  templateOf(undefined, { synthesizer }).resourceCountIs('AWS::SecretsManager::Secret', 1);
});

it('a stack in a stage takes its place', () => {
  const stack = inQuickApp((app) => {
    const stage = new Stage(app, 'Production', { env });
    return new TokenRefresherStack(stage, 'Tokens', {
      name: 'production',
      alarmEmail: 'a@example.com',
      tokens: [payments],
    });
  });
  expect([stack.account, stack.region]).toEqual([env.account, env.region]);
});

describe('an alias as the key', () => {
  it.each<[string, (stack: Stack) => IKey]>([
    ['of a key made here', (stack) => new Key(stack, 'Own').addAlias('mine')],
    [
      'by its attributes',
      (stack) =>
        Alias.fromAliasAttributes(stack, 'Own', {
          aliasName: 'alias/mine',
          aliasTargetKey: Key.fromKeyArn(stack, 'Target', `arn:aws:kms:eu-central-1:${env.account}:key/k`),
        }),
    ],
  ])('%s stands for the key behind it', (_, make) => {
    const template = templateOf((stack) => ({ key: make(stack) }));
    const own = resourceOf(template, 'AWS::KMS::Alias', 'Refresher');
    expect(JSON.stringify(own.Properties.TargetKeyId)).not.toContain('alias/');
    expect(JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy'))).not.toContain('alias/mine');
  });

  it('by its name alone is refused', () => {
    const make = () => templateOf((stack) => ({ key: Alias.fromAliasName(stack, 'Own', 'alias/mine') }));
    expect(make).toThrow(
      'environment "sandbox", key: must be a key, or an alias that knows its key; got an alias that was found by its name',
    );
  });
});

it('no description is longer than its service takes', () => {
  const json = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [
      `field${index}`,
      secret(`a_rather_long_name_of_field_${index}`),
    ]),
  );
  const api = login({ url: 'https://crm.example.com/login', json, answer: { token: '/token' } });
  const template = inQuickApp((app) =>
    Template.fromStack(
      new TokenRefresherStack(app, 'Tokens', {
        name: 'sandbox',
        alarmEmail: 'team@example.com',
        tokens: [{ name: 'crm', api }],
      }),
    ),
  );
  const { Description } = resourceOf(template, 'AWS::SecretsManager::Secret').Properties;
  expect(Description).toMatch(/^Credentials for crm\.example\.com.*…$/);
  expect(Description).toHaveLength(2048);
});
