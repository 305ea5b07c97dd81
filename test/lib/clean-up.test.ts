import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TokenRefresher } from '../../lib/token-refresher.ts';
import { inQuickApp, manyTokens, payments, resourceOf, stackOf, templateOf } from './synth.ts';

const shipping = { name: 'shipping-api', baseUrl: 'https://shipping.example.com' };

const cleanUpOf = (template: Template) => resourceOf(template, 'Custom::TokenRefresherCleanUp');

/** A stack of one's own, whose construct may have any id. */
const templateWith = ({ environment, id = 'Refresher' }: { environment: string; id?: string }): Template =>
  inQuickApp((app) => {
    const stack = new Stack(app, 'SomeStack');
    const refresher = new TokenRefresher(stack, id, { environment, alarmEmail: 'a@b.example' });
    refresher.addToken(payments.name, { baseUrl: payments.baseUrl });
    return Template.fromStack(stack);
  });

/** Logical ids of what cleans up, but for its log, which nothing depends on. */
const cleanUpIds = (of: Parameters<typeof templateWith>[0]): string[] => {
  const { Resources } = templateWith(of).toJSON();
  return Object.keys(Resources).filter(
    (id) => id.includes('CleanUp') && Resources[id].Type !== 'AWS::Logs::LogGroup',
  );
};

describe('the custom resource that cleans up', () => {
  it('knows the tokens, sorted, so that their order in the file is no change', () => {
    const properties = {
      Environment: 'sandbox',
      Tokens: ['payments-api', 'shipping-api'],
      ServiceTimeout: '600',
      ServiceToken: '<CleanUpSandboxFunction>',
    };
    expect(cleanUpOf(templateOf({ tokens: [shipping, payments] })).Properties).toEqual(properties);
    expect(cleanUpOf(templateOf({ tokens: [payments, shipping] })).Properties).toEqual(properties);
  });

  it('has nothing in common with that of another environment, whose permissions an update would change first', () => {
    const sandbox = cleanUpIds({ environment: 'sandbox' });
    expect(sandbox).toEqual([
      'CleanUpSandboxRole',
      'CleanUpSandboxFunction',
      'CleanUpSandboxEvents',
      'CleanUpSandbox',
    ]);
    expect(cleanUpIds({ environment: 'staging' })).toEqual(
      sandbox.map((id) => id.replace('Sandbox', 'Staging')),
    );
  });

  it('stays the same when constructs around it are renamed: deleting it would delete the tokens', () => {
    const renamed = { environment: 'sandbox', id: 'Renamed' };
    expect(cleanUpIds(renamed)).toEqual(cleanUpIds({ environment: 'sandbox' }));
    expect(cleanUpOf(templateWith(renamed)).Properties).toEqual(cleanUpOf(templateOf()).Properties);
  });

  it('comes after the new code of the function, and before all that asks for refreshes', () => {
    const template = templateOf({ tokens: [payments, shipping] });
    const dependenciesOf = (type: string, idPrefix = '') =>
      Object.entries(template.findResources(type))
        .filter(([id]) => id.startsWith(idPrefix))
        .map(([, resource]): string[] => [resource.DependsOn ?? []].flat());
    const [functionId] = Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) =>
      id.startsWith('RefresherFunction'),
    );
    expect(dependenciesOf('Custom::TokenRefresherCleanUp')).toEqual([expect.arrayContaining([functionId])]);
    for (const type of ['AWS::Lambda::EventSourceMapping', 'AWS::Scheduler::Schedule', 'AWS::Events::Rule']) {
      const dependencies = dependenciesOf(type, 'Refresherpayments').concat(
        dependenciesOf(type, 'Refreshershipping'),
        dependenciesOf(type, 'RefresherFunction'),
      );
      expect(dependencies.length, type).toBeGreaterThan(0);
      for (const ids of dependencies) expect(ids, type).toContain('CleanUpSandbox');
    }
  });

  it('is asked by no event that is still about when CloudFormation has given up and rolled back', () => {
    const template = templateOf();
    const limit = resourceOf(template, 'AWS::Lambda::EventInvokeConfig').Properties;
    const { Timeout } = resourceOf(template, 'AWS::Lambda::Function', 'CleanUpSandbox').Properties;
    expect(limit).toEqual({
      FunctionName: '<CleanUpSandboxFunction>',
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: 300,
    });
    expect(Number(limit.MaximumEventAgeInSeconds) + Number(Timeout)).toBeLessThan(
      Number(cleanUpOf(template).Properties.ServiceTimeout),
    );
    // Made before the first event, deleted after the last.
    const [{ DependsOn } = {}] = Object.values(template.findResources('Custom::TokenRefresherCleanUp'));
    expect(DependsOn).toContain('CleanUpSandboxEvents');
  });

  it('is not made before the request queue, whose name is the lock of an environment', () => {
    const { Resources } = templateOf().toJSON();
    const lambda = Object.entries<Record<string, unknown>>(Resources).find(([id]) =>
      id.startsWith('RefresherFunctionHandler'),
    );
    expect(JSON.stringify(lambda)).toContain('RefresherRequestsQueue');
  });
});

it('the function that cleans up has time for 70 tokens', () => {
  const template = templateOf();
  expect(resourceOf(template, 'AWS::Lambda::Function', 'CleanUpSandbox').Properties).toMatchObject({
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 180,
  });
});

it('an environment that is not a good logical id still has one', () => {
  const ids = Object.keys(
    inQuickApp((app) => Template.fromStack(stackOf({ name: 'e2e', tokens: manyTokens(1) }, app))).toJSON()
      .Resources,
  );
  expect(ids).toContain('CleanUpE2e');
});
