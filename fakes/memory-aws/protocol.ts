/** AWS JSON 1.0 and 1.1, as the SDK's clients speak it. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECOND } from '../../contract/times.ts';
import { AwsError } from './aws-error.ts';
import type { ServiceOperations } from './operations.ts';

const REQUEST_MAX_BYTES = 2 * 1024 * 1024;

/** Codes of SQS's older query protocol, by which its clients still know some errors. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  KmsAccessDenied: 'KMS.AccessDeniedException',
};

/** What a request asks for: names the service as {@link ServiceOperations} are keyed, and the operation. */
export interface AwsRequest {
  readonly target: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export async function readRequest(request: IncomingMessage): Promise<AwsRequest> {
  const text = await readText(request);
  if (request.method === 'GET') return readRest(request.url ?? '');
  const header = request.headers['x-amz-target'];
  if (header === undefined) {
    const {
      Action: name = '',
      Version: target = '',
      ...input
    } = Object.fromEntries(new URLSearchParams(text));
    return { target, name, input };
  }
  const [target = '', name = ''] = String(header).split('.');
  try {
    return { target, name, input: Object(JSON.parse(text)) };
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON.');
  }
}

/** Of services that have no header or form for it, by the folder of the path. */
const REST_OPERATIONS: Readonly<Record<string, string>> = {
  schedules: 'GetSchedule',
  'event-source-mappings': 'ListEventSourceMappings',
};

/** `/schedules/<name>?…`, `/<version>/event-source-mappings?…` */
function readRest(text: string): AwsRequest {
  const { pathname, searchParams } = new URL(text, 'http://memory-aws');
  const [, folder = '', id = ''] = /^(?:\/\d{4}-\d\d-\d\d)?\/([\w-]+)\/?(.*)$/.exec(pathname) ?? [];
  return {
    target: folder,
    name: REST_OPERATIONS[folder] ?? '',
    input: { Name: id, ...Object.fromEntries(searchParams) },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > REQUEST_MAX_BYTES)
      throw new AwsError('RequestEntityTooLarge', 'The request is too large.', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function writeJson(
  response: ServerResponse,
  { jsonVersion }: ServiceOperations,
  output: unknown,
): void {
  response.writeHead(200, headers(jsonVersion));
  response.end(JSON.stringify(output ?? {}, datesAsSeconds));
}

export function writeError(response: ServerResponse, jsonVersion: string, error: AwsError): void {
  const queryError = `${QUERY_CODES[error.name] ?? error.name};${error.status < 500 ? 'Sender' : 'Receiver'}`;
  response.writeHead(error.status, {
    ...headers(jsonVersion),
    // Of the three services SQS alone has a query protocol to be compatible with.
    ...(jsonVersion === '1.0' && { 'x-amzn-query-error': queryError }),
  });
  response.end(JSON.stringify({ __type: error.name, message: error.message }));
}

const headers = (jsonVersion: string) => ({
  'content-type': `application/x-amz-json-${jsonVersion}`,
  'x-amzn-requestid': randomUUID(),
});

/** `JSON.stringify` has turned a Date into text before it asks; the holder still has it. */
function datesAsSeconds(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? original.getTime() / SECOND : value;
}
