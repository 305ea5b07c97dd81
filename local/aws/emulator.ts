/** The few calls to an emulator that no SDK client of this project makes. Emulators check no signature. */
import { SECOND } from '../../contract/times.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../fakes/local-account.ts';
import { reasonOf } from '../failure.ts';

const CALL_SECONDS = 5;

/** Lines may arrive in another order than their timestamps say, and clocks may differ a little. */
const LATE_LINES_SECONDS = 30;

interface EmulatorCall {
  readonly endpoint: string;
  /** Signing name of the service, by which emulators route. */
  readonly service: 'sts' | 'cloudformation' | 'logs' | 'sns' | 'monitoring';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Refuses anything but an emulator: only there is the account number all zeroes.
 * @throws Error that names the endpoint and what it answered
 */
export async function assertEmulator(endpoint: string): Promise<void> {
  const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
  const answer = await queryCall(endpoint, 'sts', query).catch((error: unknown) => {
    throw new Error(`${endpoint} does not answer as an AWS emulator: ${reasonOf(error)}`);
  });
  const account = /<Account>(\d*)<\/Account>/.exec(answer)?.[1];
  if (account !== LOCAL_ACCOUNT) {
    const found = account === undefined ? 'names no account' : `is account ${account}`;
    throw new Error(`${endpoint} ${found}: only an emulator with account ${LOCAL_ACCOUNT} is accepted`);
  }
}

/** By name: emulators do not all understand `cdk destroy`, which deletes by ARN. */
export async function deleteStack(endpoint: string, stackName: string): Promise<void> {
  const query = { Action: 'DeleteStack', Version: '2010-05-15', StackName: stackName };
  await queryCall(endpoint, 'cloudformation', query);
}

/**
 * Reads a log group.
 * @returns a function that answers the lines which are new since it was last asked
 */
export function logReader(endpoint: string, logGroupName: string): () => Promise<string[]> {
  let startTime = Date.now() - LATE_LINES_SECONDS * SECOND;
  let read = new Set<string>();
  return async () => {
    const answer = await logsCall(endpoint, 'FilterLogEvents', { logGroupName, startTime });
    const events = list(answer, 'events').map((event) => ({ event, id: identity(event) }));
    const fresh = events.filter(({ id }) => !read.has(id)).map(({ event }) => event);
    read = new Set(events.map(({ id }) => id));
    const newest = Math.max(...fresh.map(({ timestamp }) => Number(timestamp)));
    startTime = Math.max(startTime, newest - LATE_LINES_SECONDS * SECOND);
    return fresh.map(({ message }) => String(message).trimEnd());
  };
}

/** MiniStack leaves out what AWS identifies an event by. */
const identity = ({ eventId, logStreamName, timestamp, message }: Record<string, unknown>): string =>
  String(eventId ?? `${logStreamName} ${timestamp} ${message}`);

async function logsCall(endpoint: string, operation: string, input: object): Promise<unknown> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Logs_20140328.${operation}`,
  };
  return JSON.parse(await call({ endpoint, service: 'logs', headers, body: JSON.stringify(input) }));
}

/** @returns the answer, XML. */
export function queryCall(
  endpoint: string,
  service: EmulatorCall['service'],
  query: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return call({ endpoint, service, headers, body: new URLSearchParams(query).toString() });
}

async function call({ endpoint, service, headers, body }: EmulatorCall): Promise<string> {
  const scope = `test/20260101/${LOCAL_REGION}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { ...headers, authorization },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_SECONDS * SECOND),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

function list(answer: unknown, field: string): Record<string, unknown>[] {
  const value = typeof answer === 'object' && answer !== null ? Object.entries(answer) : [];
  const found: unknown = value.find(([name]) => name === field)?.[1];
  return Array.isArray(found) ? found : [];
}
