import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessTokenParameter, sessionParameter } from '../../../contract/names.ts';
import { LIMITS } from '../../../contract/times.ts';
import { type MemoryAws, startMemoryAws } from '../../../fakes/memory-aws/server.ts';
import { sendAnswer } from '../../../lambda/clean-up/answer-custom-resource.ts';
import { PHYSICAL_ID, parametersToDelete } from '../../../lambda/clean-up/clean-up.ts';
import { createCleanUpHandler } from '../../../lambda/clean-up/create-clean-up-handler.ts';
import { ssmParameterDeletion } from '../../../lambda/clean-up/delete-parameters.ts';
import { clientConfig } from '../../../local/clean-environment.ts';

type Event = CloudFormationCustomResourceEvent;
interface Request {
  readonly type: Event['RequestType'];
  readonly tokens?: readonly unknown[];
  readonly before?: readonly string[];
  readonly environment?: string;
  readonly physicalId?: string;
  readonly url?: string;
}

/** A request as CloudFormation sends it. */
const event = ({
  type,
  tokens = [],
  before = [],
  environment = 'sandbox',
  physicalId = PHYSICAL_ID,
  url = 'http://127.0.0.1:9/',
}: Request): Event =>
  ({
    RequestType: type,
    ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:clean-up',
    ResponseURL: url,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'CleanUpSandbox',
    ResourceType: 'Custom::TokenRefresherCleanUp',
    ...(type !== 'Create' && { PhysicalResourceId: physicalId }),
    ResourceProperties: { Environment: environment, Tokens: tokens },
    ...(type === 'Update' && { OldResourceProperties: { Environment: 'sandbox', Tokens: before } }),
  }) as unknown as Event;

const parametersOf = (...tokens: string[]): string[] =>
  tokens.flatMap((token) => [accessTokenParameter('sandbox', token), sessionParameter('sandbox', token)]);

describe('parameters to delete', () => {
  it.each<{ what: string; request: Request; names: string[] }>([
    { what: 'creation: none', request: { type: 'Create', tokens: ['a'] }, names: [] },
    {
      what: 'update: those of removed tokens',
      request: { type: 'Update', before: ['a', 'b', 'c'], tokens: ['b', 'd'] },
      names: parametersOf('a', 'c'),
    },
    {
      what: 'update that adds a token, and changes something else: none',
      request: { type: 'Update', before: ['a'], tokens: ['a', 'b'] },
      names: [],
    },
    { what: 'deletion: all', request: { type: 'Delete', tokens: ['a', 'b'] }, names: parametersOf('a', 'b') },
    {
      what: 'deletion of what was never created, as after a failed creation: none',
      request: { type: 'Delete', tokens: ['a'], physicalId: 'TokenRefresher-sandbox-CleanUpSandbox-1ABC' },
      names: [],
    },
  ])('$what', ({ request, names }) => {
    expect(parametersToDelete(event(request))).toEqual(names);
  });
});

interface Scene {
  readonly aws: MemoryAws;
  /** Runs the handler, and answers what CloudFormation got. */
  run(request: Request): Promise<{ Status: string; Reason: string; PhysicalResourceId: string }>;
  /** Names of the parameters that exist. */
  parameters(): string[];
  put(...names: string[]): void;
  readonly waits: number[];
}

async function open({ duringWait = () => {}, remainingMs = 180_000 } = {}): Promise<Scene> {
  const aws = await startMemoryAws();
  onTestFinished(aws.close);
  const client = new SSMClient({ ...clientConfig(aws.endpoint), maxAttempts: 2 });
  const answers: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      answers.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?X-Amz-Signature=marked`;
  const waits: number[] = [];
  const handler = createCleanUpHandler({
    deleteParameters: ssmParameterDeletion(client),
    log: () => {},
    wait: async (milliseconds, signal) => {
      waits.push(milliseconds);
      signal.throwIfAborted();
      duringWait();
    },
  });
  return {
    aws,
    waits,
    async run(request) {
      await handler(event({ url, ...request }), { getRemainingTimeInMillis: () => remainingMs });
      expect(answers).toHaveLength(1);
      const [answer = ''] = answers.splice(0);
      expect(Buffer.byteLength(answer)).toBeLessThanOrEqual(4096);
      return JSON.parse(answer);
    },
    parameters: () =>
      (aws.parameters.describeParameters({}).Parameters ?? []).map(({ Name = '' }) => Name).sort(),
    put: (...names) => {
      for (const Name of names)
        aws.parameters.putParameter({ Name, Value: 'x', Type: 'SecureString', Overwrite: true });
    },
  };
}

describe('the handler', () => {
  it('deletes what was written, waits for a run under way, and deletes what that wrote', async () => {
    const scene = await open({ duringWait: () => scene.put(...parametersOf('gone')) });
    scene.put(...parametersOf('gone', 'stays'));
    expect(await scene.run({ type: 'Update', before: ['gone', 'stays'], tokens: ['stays'] })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: PHYSICAL_ID,
    });
    expect(scene.waits).toEqual([LIMITS.functionTimeoutSeconds * 1000]);
    expect(scene.parameters()).toEqual(parametersOf('stays'));
  });

  it('does nothing and does not wait when no token was removed', async () => {
    const scene = await open();
    scene.put(...parametersOf('a'));
    expect(await scene.run({ type: 'Create', tokens: ['a'] })).toMatchObject({ Status: 'SUCCESS' });
    expect(await scene.run({ type: 'Update', before: ['a'], tokens: ['a'] })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(scene.waits).toEqual([]);
    expect(scene.aws.requests).toEqual([]);
    expect(scene.parameters()).toEqual(parametersOf('a'));
  });

  it('takes a parameter that is not there for deleted', async () => {
    const scene = await open();
    expect(await scene.run({ type: 'Delete', tokens: ['never-refreshed'] })).toMatchObject({
      Status: 'SUCCESS',
    });
  });

  it('deletes the parameters of 70 tokens', async () => {
    const scene = await open();
    const tokens = Array.from({ length: 70 }, (_, index) => `token-${index}`);
    scene.put(...parametersOf(...tokens));
    expect(await scene.run({ type: 'Delete', tokens })).toMatchObject({ Status: 'SUCCESS' });
    expect(scene.parameters()).toEqual([]);
  });

  it.each(['deny', 'error500'] as const)(
    'names what may be left when Parameter Store answers: %s',
    async (fault) => {
      const scene = await open();
      scene.put(...parametersOf('a'));
      scene.aws.faults.add({ operation: 'DeleteParameters', fault, times: Number.POSITIVE_INFINITY });
      const { Status, Reason } = await scene.run({ type: 'Delete', tokens: ['a'] });
      expect(Status).toBe('FAILED');
      for (const name of parametersOf('a')) expect(Reason).toContain(name);
    },
  );

  it('names as many as fit into an answer', async () => {
    const scene = await open();
    scene.aws.faults.add({ operation: 'DeleteParameters', fault: 'deny', times: Number.POSITIVE_INFINITY });
    const tokens = Array.from({ length: 70 }, (_, index) => `${'t'.repeat(27)}-${index}`);
    expect((await scene.run({ type: 'Delete', tokens })).Reason).toMatch(
      / and \d+ more\. Delete them by hand/,
    );
  });

  it('answers in time when Parameter Store never does', async () => {
    const scene = await open({ remainingMs: 25_100 });
    scene.aws.faults.add({ operation: 'DeleteParameters', fault: 'hang' });
    const { Status, Reason } = await scene.run({ type: 'Delete', tokens: ['a'] });
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(accessTokenParameter('sandbox', 'a'));
  });

  it.each([
    { tokens: ['../other'], environment: 'sandbox' },
    { tokens: [7], environment: 'sandbox' },
    { tokens: ['a'], environment: 'sand/box' },
  ])('refuses properties that are no names: %o', async (properties) => {
    const scene = await open();
    expect(await scene.run({ type: 'Delete', ...properties })).toMatchObject({ Status: 'FAILED' });
    expect(scene.aws.requests).toEqual([]);
  });
});

it('an answer that CloudFormation does not take is sent again, then given up loudly without its URL', async () => {
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    request.resume();
    response.writeHead(calls < 3 ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?X-Amz-Signature=marked`;
  const answer = {
    Status: 'SUCCESS',
    Reason: '',
    PhysicalResourceId: PHYSICAL_ID,
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'l',
  } as const;
  const noWait = async () => {};
  await sendAnswer(url, answer, noWait);
  expect(calls).toBe(3);
  server.close();
  server.closeAllConnections();
  const error: unknown = await sendAnswer(url, answer, noWait).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(/did not take the answer: TypeError/);
  expect(String(error)).not.toContain('marked');
});
