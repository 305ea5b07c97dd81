import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Alarms } from './alarms.ts';
import type { Service } from './faults.ts';
import type { LogGroups } from './log-groups.ts';
import type { ParameterStore } from './parameter-store.ts';
import { xml } from './query-protocol.ts';
import type { Queues } from './queues.ts';
import type { SecretStore } from './secret-store.ts';
import { sqsOperations } from './sqs-operations.ts';
import type { Stacks } from './stacks.ts';
import type { Triggers } from './triggers.ts';

/** Input and output are what the protocol's JSON holds. */
export type Operation = (input: Readonly<Record<string, unknown>>) => unknown;

export interface Stores {
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly queues: Queues;
  readonly stacks: Stacks;
  readonly alarms: Alarms;
  readonly logs: LogGroups;
  readonly triggers: Triggers;
}

export interface ServiceOperations {
  readonly service: Service;
  /** Of its JSON protocol; `query`: it speaks that one. */
  readonly jsonVersion: '1.0' | '1.1' | 'query';
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Everything that is answered, by the prefix of the header `X-Amz-Target`, the version in a form, or the folder of a path. */
export function serviceOperations({
  parameters,
  secrets,
  queues,
  stacks,
  alarms,
  logs,
  triggers,
}: Stores): Record<string, ServiceOperations> {
  return {
    AmazonSSM: {
      service: 'ssm',
      jsonVersion: '1.1',
      operations: asOperations({
        PutParameter: parameters.putParameter.bind(parameters),
        GetParameter: parameters.getParameter.bind(parameters),
        GetParameters: parameters.getParameters.bind(parameters),
        DescribeParameters: parameters.describeParameters.bind(parameters),
        DeleteParameters: parameters.deleteParameters.bind(parameters),
      }),
    },
    secretsmanager: {
      service: 'secretsmanager',
      jsonVersion: '1.1',
      operations: asOperations({
        CreateSecret: secrets.createSecret.bind(secrets),
        PutSecretValue: secrets.putSecretValue.bind(secrets),
        GetSecretValue: secrets.getSecretValue.bind(secrets),
        DescribeSecret: secrets.describeSecret.bind(secrets),
        ListSecrets: secrets.listSecrets.bind(secrets),
        UpdateSecretVersionStage: secrets.updateSecretVersionStage.bind(secrets),
      }),
    },
    AmazonSQS: {
      service: 'sqs',
      jsonVersion: '1.0',
      operations: asOperations(sqsOperations(queues)),
    },
    GraniteServiceVersion20100801: {
      service: 'cloudwatch',
      jsonVersion: '1.0',
      operations: asOperations({ DescribeAlarms: alarms.describeAlarms.bind(alarms) }),
    },
    Logs_20140328: {
      service: 'logs',
      jsonVersion: '1.1',
      operations: asOperations({
        FilterLogEvents: logs.filterLogEvents.bind(logs),
        StartQuery: logs.startQuery.bind(logs),
        GetQueryResults: logs.getQueryResults.bind(logs),
      }),
    },
    schedules: {
      service: 'scheduler',
      jsonVersion: '1.1',
      operations: asOperations({ GetSchedule: triggers.getSchedule.bind(triggers) }),
    },
    'event-source-mappings': {
      service: 'lambda',
      jsonVersion: '1.1',
      operations: asOperations({ ListEventSourceMappings: triggers.listEventSourceMappings.bind(triggers) }),
    },
    '2010-03-31': {
      service: 'sns',
      jsonVersion: 'query',
      operations: asOperations({
        ListSubscriptionsByTopic: triggers.listSubscriptionsByTopic.bind(triggers),
      }),
    },
    // By the version of the query protocol's form.
    '2010-05-15': {
      service: 'cloudformation',
      jsonVersion: 'query',
      operations: asOperations({ DescribeStacks: stacks.describeStacks.bind(stacks) }),
    },
    '2011-06-15': {
      service: 'sts',
      jsonVersion: 'query',
      operations: asOperations({
        GetCallerIdentity: () =>
          xml('GetCallerIdentity', {
            Account: LOCAL_ACCOUNT,
            Arn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/operator`,
          }),
      }),
    },
  };
}

/** SDK clients send what the SDK's types say; what the operations rely on beyond that, they check. */
const asOperations = (operations: Readonly<Record<string, (input: never) => unknown>>) =>
  operations as Readonly<Record<string, Operation>>;
