import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { verdictOnEnvironment, verdictOnToken } from './settings/verdict.ts';
import { inQuickApp, manyTokens, payments, resourceOf, resourcesOf, stackOf, templateOf } from './synth.ts';

describe('with consumerRequests false', () => {
  it('nobody is granted to ask', () => {
    const grant = () =>
      inQuickApp((app) => {
        const { refresher } = stackOf({ consumerRequests: false }, app);
        const role = new Role(refresher, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
        refresher.addToken('orders-api', { baseUrl: 'https://o.example.com' }).grantRequestRefresh(role);
      });
    expect(grant).toThrow('token "orders-api", consumerRequests: must not be false where consumers ask');
  });
});

describe('managed policies for roles outside the CDK', () => {
  const MANAGED_CHARACTERS = 6_144;

  it('are found by their path, have no names, and are made where a token asks for one', () => {
    const pathsOf = (readerPolicy: boolean) =>
      resourcesOf(templateOf({ tokens: [{ ...payments, readerPolicy }] }), 'AWS::IAM::ManagedPolicy')
        // That of the function's own role is for nobody else.
        .filter(({ Properties }) => Properties.Roles === undefined)
        .map(({ Properties }) => Properties.Path);
    expect(pathsOf(false)).toEqual(['/token-refresher/sandbox/']);
    expect(pathsOf(true)).toEqual(['/token-refresher/sandbox/', '/token-refresher/sandbox/']);
  });

  it('of operators have room for 70 tokens and the longest name', () => {
    const template = templateOf({ name: 'a'.repeat(16), tokens: manyTokens(70) });
    const { PolicyDocument } = resourceOf(
      template,
      'AWS::IAM::ManagedPolicy',
      'RefresherOperators',
    ).Properties;
    expect(JSON.stringify(PolicyDocument).length).toBeLessThanOrEqual(MANAGED_CHARACTERS);
  });
});

it.each([
  [
    () => verdictOnEnvironment({ consumerRequests: 'no' }),
    'consumerRequests: must be true or false; got "no"',
  ],
  [() => verdictOnToken({ readerPolicy: 1 }), 'readerPolicy: must be true or false; got 1'],
  [
    () => verdictOnToken({ certificatesInCredentials: 'yes' }),
    'certificatesInCredentials: must be true or false',
  ],
])('settings that are no flags are refused: %#', (verdict, says) => {
  expect(verdict()).toContain(says);
});
