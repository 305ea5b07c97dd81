import { connect } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../fakes/memory-aws/faults.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { clientConfig } from '../../local/clean-environment.ts';

const NAME = '/token-refresher/sandbox/payments-api/access-token';

let aws: MemoryAws;
let ssm: SSMClient;
let secrets: SecretsManagerClient;
let sqs: SQSClient;

beforeEach(async () => {
  aws = await startMemoryAws();
  // One attempt, so that a test sees what one call meets.
  const config = { ...clientConfig(aws.endpoint), maxAttempts: 1 };
  ssm = new SSMClient(config);
  secrets = new SecretsManagerClient(config);
  sqs = new SQSClient(config);
});

afterEach(async () => {
  for (const client of [ssm, secrets, sqs]) client.destroy();
  await aws.close();
});

const put = (Value = 'one', client = ssm) =>
  client.send(new PutParameterCommand({ Name: NAME, Value, Type: 'SecureString', Overwrite: true }));

const stored = () => aws.parameters.getParameters({ Names: [NAME] }).Parameters?.[0]?.Version ?? 0;

const receive = (WaitTimeSeconds: number, abortSignal?: AbortSignal) =>
  sqs.send(
    new ReceiveMessageCommand({ QueueUrl: aws.queues.url('requests.fifo'), WaitTimeSeconds }),
    abortSignal && { abortSignal },
  );

describe('faults', () => {
  it.each<[FaultKind, string, number]>([
    ['throttle', 'ThrottlingException', 400],
    ['tooManyUpdates', 'TooManyUpdates', 400],
    ['deny', 'AccessDeniedException', 400],
    ['denyKms', 'AccessDeniedException', 400],
    ['error500', 'InternalServerError', 500],
  ])('%s: Parameter Store answers %s, nothing done', async (fault, name, httpStatusCode) => {
    aws.faults.add({ operation: 'PutParameter', fault });
    await expect(put()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(stored()).toBe(0);
    await put();
    expect(stored()).toBe(1);
  });

  it.each<[FaultKind, string]>([
    ['throttle', 'ThrottlingException'],
    ['deny', 'AccessDeniedException'],
    ['denyKms', 'AccessDeniedException'],
    ['error500', 'InternalServiceError'],
  ])('%s: Secrets Manager answers %s', async (fault, name) => {
    aws.faults.add({ operation: 'GetSecretValue', fault });
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'a' }))).rejects.toMatchObject({ name });
  });

  it.each<[FaultKind, string]>([
    ['throttle', 'RequestThrottled'],
    ['deny', 'AccessDenied'],
    ['denyKms', 'KmsAccessDenied'],
    ['error500', 'InternalError'],
  ])('%s: SQS answers %s', async (fault, name) => {
    aws.queues.create('requests.fifo');
    aws.faults.add({ operation: 'ReceiveMessage', fault });
    await expect(receive(0)).rejects.toMatchObject({ name });
  });

  it('resetBeforeCommit: breaks the connection, nothing done', async () => {
    aws.faults.add({ operation: 'PutParameter', fault: 'resetBeforeCommit' });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stored()).toBe(0);
  });

  it('resetAfterCommit: breaks the connection, the write done', async () => {
    aws.faults.add({ operation: 'PutParameter', fault: 'resetAfterCommit' });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stored()).toBe(1);
  });

  it('hang: never answers, nothing done', async () => {
    aws.faults.add({ operation: 'PutParameter', fault: 'hang' });
    const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };
    const impatient = new SSMClient({ ...clientConfig(aws.endpoint), maxAttempts: 1, requestHandler });
    await expect(put('one', impatient)).rejects.toMatchObject({ name: 'TimeoutError' });
    impatient.destroy();
    expect(stored()).toBe(0);
  });

  it('delay: answers late, all done', async () => {
    aws.faults.add({ operation: 'PutParameter', fault: 'delay', delayMs: 60 });
    const before = performance.now();
    await put();
    expect(performance.now() - before).toBeGreaterThan(55);
    expect(stored()).toBe(1);
  });

  it('befall so many calls as were said, of those that match, until taken back', async () => {
    const isTwo = ({ Value }: Readonly<Record<string, unknown>>) => Value === 'two';
    const takeBack = aws.faults.add({ operation: '*', fault: 'throttle', times: 3, match: isTwo });
    await put('one');
    await expect(put('two')).rejects.toThrow();
    await put('one');
    await expect(put('two')).rejects.toThrow();
    takeBack();
    await put('two');
    aws.faults.add({ operation: 'GetParameters', fault: 'throttle' });
    await put('three');
    aws.faults.clear();
    await ssm.send(new GetParametersCommand({ Names: [NAME] }));
  });

  it('are outlived by a client that tries again', async () => {
    aws.faults.add({ operation: 'PutParameter', fault: 'throttle' });
    aws.faults.add({ operation: 'PutParameter', fault: 'resetAfterCommit' });
    const patient = new SSMClient({ ...clientConfig(aws.endpoint), maxAttempts: 3 });
    await put('one', patient);
    patient.destroy();
    expect(stored()).toBe(2);
  });
});

describe('requests', () => {
  it('are recorded by name, without any value', async () => {
    await put('secret-value');
    await ssm.send(new GetParametersCommand({ Names: [NAME, '/other'], WithDecryption: true }));
    await secrets.send(new GetSecretValueCommand({ SecretId: 'a' })).catch(() => {});
    expect(aws.requests).toMatchObject([
      {
        service: 'ssm',
        operation: 'PutParameter',
        at: expect.any(Number),
        members: ['Name', 'Value', 'Type', 'Overwrite'],
        resources: [NAME],
      },
      { operation: 'GetParameters', members: ['Names', 'WithDecryption'], resources: [NAME, '/other'] },
      { service: 'secretsmanager', operation: 'GetSecretValue', resources: ['a'] },
    ]);
    expect(JSON.stringify(aws.requests)).not.toContain('secret-value');
  });

  it('of operations that nobody wrote are named in the error', async () => {
    const headers = { 'x-amz-target': 'AmazonSSM.SendCommand' };
    const answer = await fetch(aws.endpoint, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('AmazonSSM.SendCommand');
  });
});

describe('long polling', () => {
  it('ends as soon as something is sent', async () => {
    const queue = aws.queues.create('requests.fifo', { contentBasedDeduplication: true });
    const waiting = receive(20);
    queue.send({ body: 'one', groupId: 'a' });
    expect((await waiting).Messages).toMatchObject([{ Body: 'one' }]);
  });

  it('ends when a message becomes visible again', async () => {
    aws.queues.create('requests.fifo', { contentBasedDeduplication: true });
    const QueueUrl = aws.queues.url('requests.fifo');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageGroupId: 'a' }));
    const { Messages: [message] = [] } = await receive(0);
    const waiting = receive(20);
    const { ReceiptHandle } = message ?? {};
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    expect((await waiting).Messages).toHaveLength(1);
  });

  it('hands nothing to a client that has gone', async () => {
    const queue = aws.queues.create('requests.fifo', { contentBasedDeduplication: true });
    const gone = new AbortController();
    const waiting = receive(20, gone.signal);
    await expect.poll(() => aws.requests.length).toBe(1);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    queue.send({ body: 'one', groupId: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(queue.counts()).toEqual({ all: 1, inFlight: 0 });
  });
});

it('ends with connections open, and leaves its port', async () => {
  const { port } = new URL(aws.endpoint);
  const idle = connect(Number(port), '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  const broken = new Promise((resolve) => idle.once('close', resolve));
  aws.faults.add({ operation: 'PutParameter', fault: 'hang' });
  const hanging = put().catch((error: Error) => error);
  await expect.poll(() => aws.requests.length).toBe(1);
  await aws.close();
  await broken;
  expect(await hanging).toBeInstanceOf(Error);
  await expect(fetch(aws.endpoint)).rejects.toThrow();
});

it('listens on the loopback interface only', () => {
  expect(new URL(aws.endpoint).hostname).toBe('127.0.0.1');
});
