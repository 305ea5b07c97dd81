import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Alarms } from './alarms.ts';
import { AwsError } from './aws-error.ts';
import { type Call, Faults, faultAnswer, type Service } from './faults.ts';
import { LogGroups } from './log-groups.ts';
import { type ServiceOperations, serviceOperations } from './operations.ts';
import { ParameterStore } from './parameter-store.ts';
import { readRequest, writeError, writeJson } from './protocol.ts';
import { writeXml, writeXmlError, type Xml } from './query-protocol.ts';
import { Queues } from './queues.ts';
import { SecretStore } from './secret-store.ts';
import { Stacks } from './stacks.ts';
import { Triggers } from './triggers.ts';

/** A request that arrived. Holds names only, never a value. */
export interface RecordedRequest {
  readonly service: Service;
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Names of the members of the input, such as `Name` and `WithDecryption`. */
  readonly members: readonly string[];
  readonly userAgent: string;
  /** What it was about: names of parameters, ids of secrets, URLs of queues. */
  readonly resources: readonly string[];
}

export interface MemoryAwsOptions {
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

export interface MemoryAws {
  /** For SDK clients and `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly queues: Queues;
  readonly stacks: Stacks;
  readonly alarms: Alarms;
  readonly logs: LogGroups;
  readonly triggers: Triggers;
  /** In order of arrival. May be emptied. */
  readonly requests: RecordedRequest[];
  readonly faults: Faults;
  /** Breaks all connections. */
  close(): Promise<void>;
}

/** Starts the few AWS services that this project uses, in memory, on a free port of the loopback interface. */
export async function startMemoryAws({ now = Date.now }: MemoryAwsOptions = {}): Promise<MemoryAws> {
  const server = createServer();
  const endpoint = await listen(server);
  const stores = {
    parameters: new ParameterStore({ now }),
    secrets: new SecretStore({ now }),
    queues: new Queues({ now, endpoint }),
    stacks: new Stacks(),
    alarms: new Alarms(),
    logs: new LogGroups(),
    triggers: new Triggers(),
  };
  const faults = new Faults();
  const requests: RecordedRequest[] = [];
  const services = serviceOperations(stores);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer({
      request,
      response,
      services,
      faults,
      record: (call) =>
        requests.push({ ...recorded(call, now()), userAgent: request.headers['user-agent'] ?? '' }),
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint, ...stores, requests, faults, close };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new Error('no port was given to the server'));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly services: Readonly<Record<string, ServiceOperations>>;
  readonly faults: Faults;
  readonly record: (call: Call) => void;
}

async function answer({ request, response, services, faults, record }: Exchange): Promise<void> {
  let service: ServiceOperations | undefined;
  try {
    const { target, name, input } = await readRequest(request);
    service = services[target];
    const operation = service?.operations[name];
    if (service === undefined || operation === undefined) {
      throw new AwsError('UnknownOperationException', `memory-aws does not know ${target}.${name}.`);
    }
    const call = { service: service.service, operation: name, input };
    record(call);
    const fault = faults.take(call);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault?.fault === 'hang') return;
    if (fault?.fault === 'resetBeforeCommit') return reset(request);
    const failure = fault && faultAnswer(fault.fault, call);
    if (failure !== undefined) throw failure;
    const output = operation(input);
    if (fault?.fault === 'resetAfterCommit') return reset(request);
    if (service.jsonVersion === 'query') writeXml(response, output as Xml);
    else writeJson(response, service, output);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const failure = asAwsError(error);
    if (service?.jsonVersion === 'query') writeXmlError(response, failure);
    else writeError(response, service?.jsonVersion ?? '1.1', failure);
  }
}

const reset = (request: IncomingMessage): void => {
  request.socket.resetAndDestroy();
};

/** A defect of this server must be seen as one, not retried as AWS trouble. */
function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AwsError('MemoryAwsDefect', `memory-aws failed: ${reason}`);
}

function recorded({ service, operation, input }: Call, at: number): Omit<RecordedRequest, 'userAgent'> {
  const { Name, Names, SecretId, QueueUrl, StackName, logGroupName } = input;
  const resources = [Name, Names, SecretId, QueueUrl, StackName, logGroupName]
    .flat()
    .filter((id) => typeof id === 'string');
  return { service, operation, at, members: Object.keys(input), resources };
}
