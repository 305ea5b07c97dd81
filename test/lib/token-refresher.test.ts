import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_OUTPUT, TOKEN_OUTPUT } from '../../contract/outputs.ts';
import type { NamedTokenProps } from '../../lib/settings/settings.ts';
import { oauth2 } from '../../lib/token-apis/oauth2.ts';
import { manyTokens, payments, resourceOf, resourcesOf, templateOf } from './synth.ts';

const ARN = 'ap-southeast-2:123456789012';
const QUEUE = `arn:aws:sqs:${ARN}:token-refresher-sandbox.fifo`;
const DEAD_LETTERS = `arn:aws:sqs:${ARN}:token-refresher-sandbox-dead-letters.fifo`;
const TOPIC = `arn:aws:sns:${ARN}:the-stacks-topic`;

const ADOPTED = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments/login-AbCdEf';

describe('the queues', () => {
  const template = templateOf({ tokens: manyTokens(21) });
  const [deadLetters, requests] = resourcesOf(template, 'AWS::SQS::Queue');

  it('take requests in turn for each token', () => {
    expect(requests?.Properties).toEqual({
      QueueName: 'token-refresher-sandbox.fifo',
      FifoQueue: true,
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 24 * 60 * 60,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: DEAD_LETTERS, maxReceiveCount: 250 },
    });
  });

  it('keep dead letters for 14 days', () => {
    expect(deadLetters?.Properties).toEqual({
      QueueName: 'token-refresher-sandbox-dead-letters.fifo',
      FifoQueue: true,
      ContentBasedDeduplication: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
    });
  });
});

describe('the function', () => {
  const template = templateOf();

  it('runs on nodejs24.x and arm64, and logs text, in which CloudWatch finds embedded metrics', () => {
    expect(resourceOf(template, 'AWS::Lambda::Function', 'RefresherFunction').Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 20,
      LoggingConfig: { LogFormat: 'Text' },
      Environment: {
        Variables: {
          TOKEN_REFRESHER_KEY_ARN: `arn:aws:kms:${ARN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
          TOKEN_REFRESHER_QUEUE_URL: QUEUE,
          TOKEN_REFRESHER_DEAD_LETTER_QUEUE_URL: DEAD_LETTERS,
          POWERTOOLS_SERVICE_NAME: 'token-refresher',
          POWERTOOLS_METRICS_NAMESPACE: 'TokenRefresher',
        },
      },
    });
  });

  it('gets one message at a time and says itself which are to come back', () => {
    expect(resourceOf(template, 'AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      EventSourceArn: QUEUE,
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('does not start before its permissions are there', () => {
    const [[, lambda] = []] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
      id.startsWith('RefresherFunction'),
    );
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    expect(lambda?.DependsOn).toContain(policies.find((id) => id.startsWith('RefresherFunctionRole')));
  });

  it('has its log kept for three months', () => {
    expect(resourceOf(template, 'AWS::Logs::LogGroup', 'RefresherFunction').Properties).toEqual({
      RetentionInDays: 90,
    });
  });
});

describe('the key', () => {
  it('is rotated, and found by its alias', () => {
    const template = templateOf();
    expect(resourceOf(template, 'AWS::KMS::Key').Properties).toMatchObject({ EnableKeyRotation: true });
    expect(resourceOf(template, 'AWS::KMS::Alias').Properties).toMatchObject({
      AliasName: 'alias/token-refresher/sandbox',
    });
  });
});

describe('the alarm topic', () => {
  it('mails to the address', () => {
    const template = templateOf({ alarmEmail: 'team@example.com' });
    expect(resourceOf(template, 'AWS::SNS::Subscription').Properties).toEqual({
      TopicArn: TOPIC,
      Protocol: 'email',
      Endpoint: 'team@example.com',
    });
  });

  it('can be an existing one', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:alarms';
    const template = templateOf({ alarmTopicArn });
    template.resourceCountIs('AWS::SNS::Topic', 0);
    for (const { Properties } of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
      expect(Properties).toMatchObject({ AlarmActions: [alarmTopicArn], OKActions: [alarmTopicArn] });
    }
  });
});

describe('removal', () => {
  const STATE = [
    ['AWS::KMS::Key', 'Refresher'],
    ['AWS::SecretsManager::Secret', 'Refresher'],
    ['AWS::Logs::LogGroup', 'RefresherFunction'],
  ] as const;

  it.each([
    // Those of a deployment that fails go: they are empty, and the next one could not make them again.
    { production: true, removed: 'RetainExceptOnCreate', replaced: 'Retain' },
    { production: false, removed: 'Delete', replaced: 'Delete' },
  ])(
    'with production $production: credentials, key and log $removed',
    ({ production, removed, replaced }) => {
      const template = templateOf({ production });
      for (const [type, idPrefix] of STATE) {
        expect(resourceOf(template, type, idPrefix)).toMatchObject({
          DeletionPolicy: removed,
          UpdateReplacePolicy: replaced,
        });
      }
    },
  );
});

describe('outputs', () => {
  it('say once per environment where things are and how credentials are set, with no password on a command line', () => {
    const tokens = manyTokens(70);
    const outputs = templateOf({ region: 'eu-central-1', tokens }).toJSON().Outputs;
    expect(outputs).toMatchObject({
      AccessTokens: { Value: '/token-refresher/sandbox/<token>/access-token' },
      SetCredentials: {
        Value: "token-refresher credentials sandbox '<token>' --region eu-central-1",
      },
      RequestQueue: { Value: expect.anything() },
      AlarmTopic: { Value: expect.anything() },
      Log: { Value: expect.anything() },
    });
    expect(Object.keys(outputs)).toHaveLength(7 + tokens.length);
  });

  it('say where the parts of the environment are, for the command line', () => {
    const told = Object.entries<{ Description: string; Value: object }>(templateOf().toJSON().Outputs).find(
      ([, { Description }]) => Description.startsWith(ENVIRONMENT_OUTPUT),
    );
    expect(told?.[0]).toMatch(/^RefresherParts/);
    const pieces = JSON.stringify(told?.[1].Value);
    for (const part of ['environment', 'requests', 'deadLetters', 'log', 'alarmTopic', 'operatorsPolicy']) {
      expect(pieces).toContain(`\\"${part}\\":\\"`);
    }
  });

  it('say of each token where its credentials are stored, and what they hold', () => {
    const tokens: NamedTokenProps[] = [
      payments,
      { ...payments, name: 'adopted', credentialsSecretArn: ADOPTED },
      {
        name: 'crm',
        api: oauth2({ tokenUrl: 'https://crm.example.com/token', grant: 'client_credentials' }),
      },
    ];
    const outputs: { Description: string; Value: string }[] = Object.values(
      templateOf({ tokens }).toJSON().Outputs,
    );
    const ofTokens = outputs.filter(({ Description }) => Description.startsWith(TOKEN_OUTPUT));
    const fields = ['username', 'password'];
    expect(ofTokens.map(({ Value }) => JSON.parse(Value))).toEqual([
      {
        environment: 'sandbox',
        token: 'payments-api',
        secret: 'token-refresher/sandbox/payments-api/credentials',
        fields,
      },
      { environment: 'sandbox', token: 'adopted', secret: ADOPTED, fields },
      {
        environment: 'sandbox',
        token: 'crm',
        secret: 'token-refresher/sandbox/crm/credentials',
        fields: ['client_id', 'client_secret'],
      },
    ]);
  });
});

describe('the template', () => {
  it.each([1, 21, 70])('of %i tokens is within the limits of CloudFormation', (count) => {
    const template = templateOf({ tokens: manyTokens(count) }).toJSON();
    expect(Object.keys(template.Resources).length).toBeLessThan(500);
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
  });

  it('keeps the ids of what holds state or has a fixed name: another id would replace it', () => {
    const { Resources } = templateOf({ tokens: [payments] }).toJSON();
    const idsOf = (type: string) => Object.keys(Resources).filter((id) => Resources[id].Type === type);
    expect({
      key: idsOf('AWS::KMS::Key'),
      alias: idsOf('AWS::KMS::Alias'),
      secrets: idsOf('AWS::SecretsManager::Secret'),
      queues: idsOf('AWS::SQS::Queue'),
      topic: idsOf('AWS::SNS::Topic'),
      logs: idsOf('AWS::Logs::LogGroup'),
      cleanUp: idsOf('Custom::TokenRefresherCleanUp'),
      group: idsOf('AWS::Scheduler::ScheduleGroup'),
      schedules: idsOf('AWS::Scheduler::Schedule'),
      rules: idsOf('AWS::Events::Rule'),
      alarms: idsOf('AWS::CloudWatch::Alarm'),
    }).toEqual({
      key: ['RefresherKey735B1D04'],
      alias: ['RefresherKeyAlias6BC99AED'],
      secrets: ['RefresherpaymentsapiCredentials4C617E0A'],
      queues: ['RefresherRequestsDeadLetterQueue615D8EAD', 'RefresherRequestsQueue4A81B769'],
      topic: ['RefresherAlarms2FB4FB58'],
      logs: ['RefresherFunctionLogs16FADCFD', 'RefresherCleanUpLogs14F4D586'],
      cleanUp: ['CleanUpSandbox'],
      group: ['RefresherSchedulesGroupF3044900'],
      schedules: ['RefresherpaymentsapiSchedule88DD58C2'],
      rules: ['RefresherpaymentsapiNewCredentialsAB20D962'],
      alarms: [
        'RefresherMonitoringAttentionC3B1E0C4',
        'RefresherMonitoringDeadLetters878122B5',
        'RefresherMonitoringFunctionErrors078D859A',
        'RefresherMonitoringThrottles8858F8A7',
        'RefresherMonitoringScheduleFailingBD67EF29',
        'RefresherMonitoringScheduleDropping39EF0CD4',
        'RefresherMonitoringMetricsUnparsed06E8B477',
        'RefresherMonitoringMetricsInvalid7267AB8B',
        'RefresherMonitoringSecretInLog97C29050',
        'RefresherpaymentsapiRefreshFailingE6C2DE76',
        'RefresherpaymentsapiGoingStale5B5E25A0',
        'RefresherpaymentsapiLoginRefusedAC58176C',
      ],
    });
  });
});
