import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AccountPrincipal,
  ArnPrincipal,
  type Grant,
  type IGrantable,
  OrganizationPrincipal,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { Token } from '../../lib/token.ts';
import { inQuickApp, resourceOf, resourcesOf, stackOf, viaService } from './synth.ts';

const ARN = 'ap-southeast-2:123456789012';
const PARAMETER = `arn:aws:ssm:${ARN}:parameter/token-refresher/production/payments-api/access-token`;

/** The policy of a role in another stack that was granted something on the token. */
const granted = (grant: (token: Token, role: Role) => Grant): unknown =>
  inQuickApp((app) => {
    const stack = new Stack(app, 'Consumer');
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    grant(Token.fromName(stack, { environment: 'production', name: 'payments-api' }), role).assertSuccess();
    return resourceOf(Template.fromStack(stack), 'AWS::IAM::Policy').Properties.PolicyDocument;
  });

describe('Token.fromName, in a stack that knows nothing of the environment but its name', () => {
  it('grants reading one access token, and decrypting it through Parameter Store only', () => {
    expect(granted((token, role) => token.grantRead(role))).toMatchObject({
      Statement: [
        { Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParameters'], Resource: PARAMETER },
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: `arn:aws:kms:${ARN}:key/*`,
          Condition: {
            StringEquals: {
              'kms:ViaService': viaService('ssm'),
              'kms:EncryptionContext:PARAMETER_ARN': [PARAMETER],
            },
            'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/token-refresher/production' },
          },
        },
      ],
    });
  });

  it('knows where the token and the queue are', () => {
    const env = { account: '111122223333', region: 'eu-central-1' };
    const [parameterName, requestQueueUrl] = inQuickApp((app) => {
      const stack = new Stack(app, 'Consumer', { env });
      const token = Token.fromName(stack, { environment: 'production', name: 'payments-api' });
      return [token.parameterName, stack.resolve(token.requestQueueUrl)];
    });
    expect(parameterName).toBe('/token-refresher/production/payments-api/access-token');
    expect(requestQueueUrl).toEqual({
      'Fn::Join': [
        '',
        [
          'https://sqs.eu-central-1.',
          { Ref: 'AWS::URLSuffix' },
          '/111122223333/token-refresher-production.fifo',
        ],
      ],
    });
  });

  it.each([
    { environment: 'Production', name: 'payments-api' },
    { environment: 'production', name: 'payments_api' },
  ])('refuses the names $environment and $name', (names) => {
    const make = () => inQuickApp((app) => Token.fromName(new Stack(app, 'Consumer'), names));
    expect(make).toThrow('name of');
  });
});

describe('a token of the same stack', () => {
  it('is decrypted with exactly the key of the environment', () => {
    const policies = inQuickApp((app) => {
      const stack = stackOf({ name: 'production' }, app);
      const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      const token = stack.refresher.addToken('orders-api', { baseUrl: 'https://orders.example.com' });
      token.grantRead(role).assertSuccess();
      return resourcesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
    });
    const [policy] = policies.filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('Reader'));
    expect(policy?.Properties.PolicyDocument).toMatchObject({
      Statement: [
        {},
        {
          Action: 'kms:Decrypt',
          Resource: `arn:aws:kms:${ARN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
          Condition: {
            StringEquals: {
              'kms:EncryptionContext:PARAMETER_ARN': [PARAMETER.replace('payments-api', 'orders-api')],
            },
          },
        },
      ],
    });
  });
});

describe('who cannot be granted anything by policies here', () => {
  const env = { account: '111122223333', region: 'eu-central-1' };
  const elsewhere = '222222222222';
  it.each<[string, (stack: Stack) => IGrantable]>([
    [`account ${elsewhere}`, () => new AccountPrincipal(elsewhere)],
    ['ArnPrincipal', () => new ArnPrincipal(`arn:aws:iam::${elsewhere}:role/reader`)],
    ['OrganizationPrincipal', () => new OrganizationPrincipal('o-1234567890')],
    ['ServicePrincipal', () => new ServicePrincipal('lambda.amazonaws.com')],
    [
      `account ${elsewhere}`,
      (stack) => Role.fromRoleArn(stack, 'Reader', `arn:aws:iam::${elsewhere}:role/reader`),
    ],
  ])('%s is told so, and which way there is', (received, make) => {
    inQuickApp((app) => {
      const stack = new Stack(app, 'Consumer', { env });
      const grantee = make(stack);
      const token = Token.fromName(stack, { environment: 'production', name: 'payments-api' });
      const rule = 'grantee: must be a role, user or group of this account, and have policies here';
      for (const grant of [() => token.grantRead(grantee), () => token.grantRequestRefresh(grantee)]) {
        expect(grant).toThrow(rule);
        expect(grant).toThrow(`; got ${received}`);
      }
      expect(() => token.grantRead(grantee)).toThrow('the managed policy that readerPolicy makes');
    });
  });

  it('a role that the app may not change is taken as it is', () => {
    inQuickApp((app) => {
      const stack = new Stack(app, 'Consumer', { env });
      const arn = `arn:aws:iam::${env.account}:role/reader`;
      const role = Role.fromRoleArn(stack, 'Reader', arn, { mutable: false });
      const token = Token.fromName(stack, { environment: 'production', name: 'payments-api' });
      expect(token.grantRead(role).success).toBe(true);
    });
  });
});
