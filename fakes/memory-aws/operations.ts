import type { Service } from './faults.ts';
import type { ParameterStore } from './parameter-store.ts';
import type { Queues } from './queues.ts';
import type { SecretStore } from './secret-store.ts';
import { sqsOperations } from './sqs-operations.ts';

/** Input and output are what the protocol's JSON holds. The signal says that the client has gone. */
export type Operation = (input: Readonly<Record<string, unknown>>, signal: AbortSignal) => unknown;

export interface Stores {
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly queues: Queues;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface ServiceOperations {
  readonly service: Service;
  /** Of its JSON protocol. */
  readonly jsonVersion: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Everything that is answered, by the prefix of the header `X-Amz-Target`. */
export function serviceOperations({
  parameters,
  secrets,
  queues,
  now,
}: Stores): Record<string, ServiceOperations> {
  return {
    AmazonSSM: {
      service: 'ssm',
      jsonVersion: '1.1',
      operations: asOperations({
        PutParameter: parameters.putParameter.bind(parameters),
        GetParameter: parameters.getParameter.bind(parameters),
        GetParameters: parameters.getParameters.bind(parameters),
        GetParametersByPath: parameters.getParametersByPath.bind(parameters),
        GetParameterHistory: parameters.getParameterHistory.bind(parameters),
        DescribeParameters: parameters.describeParameters.bind(parameters),
        DeleteParameter: parameters.deleteParameter.bind(parameters),
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
        UpdateSecretVersionStage: secrets.updateSecretVersionStage.bind(secrets),
        DeleteSecret: secrets.deleteSecret.bind(secrets),
      }),
    },
    AmazonSQS: {
      service: 'sqs',
      jsonVersion: '1.0',
      operations: asOperations(sqsOperations(queues, now)),
    },
  };
}

/** SDK clients send what the SDK's types say; what the operations rely on beyond that, they check. */
const asOperations = (operations: Readonly<Record<string, (input: never, signal: AbortSignal) => unknown>>) =>
  operations as Readonly<Record<string, Operation>>;
