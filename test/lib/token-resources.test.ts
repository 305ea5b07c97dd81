import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { payments, type Resource, resourceOf, resourcesOf, templateOf } from './synth.ts';

const ARN = 'ap-southeast-2:123456789012';
const QUEUE = `arn:aws:sqs:${ARN}:token-refresher-sandbox.fifo`;
const ADOPTED = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments/login-AbCdEf';

describe('the credentials', () => {
  it('are a secret without a value, encrypted by the key of the environment', () => {
    const { Properties } = resourceOf(templateOf(), 'AWS::SecretsManager::Secret');
    expect(Properties).toEqual({
      Name: 'token-refresher/sandbox/payments-api/credentials',
      Description: expect.stringContaining('{"username": "...", "password": "..."}'),
      KmsKeyId: `arn:aws:kms:${ARN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    });
  });

  it('can be an existing secret', () => {
    const template = templateOf({ tokens: [{ ...payments, credentialsSecretArn: ADOPTED }] });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(resourceOf(template, 'AWS::Events::Rule').Properties.EventPattern).toMatchObject({
      detail: { name: ['payments/login'] },
    });
  });
});

describe('the schedule', () => {
  const scheduleOf = (interval?: Duration, local = false): Resource => {
    const lifetime = { accessTokenLifetime: Duration.hours(24) };
    const token = { ...payments, ...lifetime, ...(interval !== undefined && { interval }) };
    return resourceOf(
      templateOf({ tokens: [token], local, account: '000000000000' }),
      'AWS::Scheduler::Schedule',
    );
  };

  it('asks for a refresh of the token every 25 minutes', () => {
    const { Properties } = scheduleOf();
    expect(Properties).toMatchObject({
      Name: 'token-refresher-sandbox-payments-api',
      GroupName: 'token-refresher-sandbox',
      ScheduleExpression: 'rate(25 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: QUEUE,
        SqsParameters: { MessageGroupId: 'payments-api' },
        RetryPolicy: { MaximumEventAgeInSeconds: 25 * 60, MaximumRetryAttempts: 185 },
      },
    });
    expect(Properties).not.toHaveProperty('State');
  });

  it('has no start date, so that it fires as soon as it exists', () => {
    const tokens = [payments, { ...payments, name: 'adopted', credentialsSecretArn: ADOPTED }];
    const schedules = resourcesOf(templateOf({ tokens }), 'AWS::Scheduler::Schedule');
    expect(schedules).toHaveLength(2);
    for (const { Properties } of schedules) expect(Properties).not.toHaveProperty('StartDate');
  });

  it('sends a body that differs at every tick and cannot be foretold', () => {
    const { Input } = scheduleOf().Properties.Target as { Input: string };
    expect(JSON.parse(Input)).toEqual({
      token: 'payments-api',
      requestedBy: 'schedule',
      scheduledTime: '<aws.scheduler.scheduled-time>',
      executionId: '<aws.scheduler.execution-id>',
    });
  });

  it.each([
    { interval: Duration.minutes(2), expression: 'rate(2 minutes)', local: false },
    { interval: Duration.hours(12), expression: 'rate(720 minutes)', local: false },
    { interval: Duration.minutes(1), expression: 'rate(1 minute)', local: true },
  ])('writes $expression', ({ interval, expression, local }) => {
    expect(scheduleOf(interval, local).Properties.ScheduleExpression).toBe(expression);
  });
});

describe('the rule for new credentials', () => {
  it('asks for a refresh when a version becomes current', () => {
    const { Properties } = resourceOf(templateOf(), 'AWS::Events::Rule');
    expect(Properties).toMatchObject({
      Name: 'token-refresher-sandbox-payments-api',
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.secretsmanager'],
        'detail-type': ['Secret Label Updated'],
        detail: {
          name: ['token-refresher/sandbox/payments-api/credentials'],
          labelUpdated: ['AWSCURRENT'],
        },
      },
      Targets: [{ Arn: QUEUE, SqsParameters: { MessageGroupId: 'payments-api' } }],
    });
    const [{ InputTransformer }] = Properties.Targets as [
      { InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string } },
    ];
    const [[placeholder, path]] = Object.entries(InputTransformer.InputPathsMap) as [[string, string]];
    expect(path).toBe('$.detail.versionId');
    // EventBridge puts a string in quotes itself.
    expect(JSON.parse(InputTransformer.InputTemplate.replace(`<${placeholder}>`, '"v1"'))).toEqual({
      token: 'payments-api',
      requestedBy: 'credentials',
      versionId: 'v1',
    });
  });
});
