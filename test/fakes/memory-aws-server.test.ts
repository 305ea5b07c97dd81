import { connect } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
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

const getSecret = () => secrets.send(new GetSecretValueCommand({ SecretId: 'a' }));

const send = () =>
  sqs.send(
    new SendMessageCommand({ QueueUrl: aws.queues.url('a.fifo'), MessageBody: 'a', MessageGroupId: 'a' }),
  );

describe('faults', () => {
  it.each<[FaultKind, string, () => Promise<unknown>]>([
    ['throttle', 'ThrottlingException', put],
    ['tooManyUpdates', 'TooManyUpdates', put],
    ['deny', 'AccessDeniedException', put],
    ['denyKms', 'AccessDeniedException', put],
    ['error500', 'InternalServerError', put],
    ['throttle', 'ThrottlingException', getSecret],
    ['error500', 'InternalServiceError', getSecret],
    ['throttle', 'RequestThrottled', send],
    ['deny', 'AccessDenied', send],
    ['denyKms', 'KmsAccessDenied', send],
    ['error500', 'InternalError', send],
  ])('%s is answered by %s, nothing done', async (fault, name, call) => {
    const queue = aws.queues.create('a.fifo');
    aws.faults.add({ operation: '*', fault });
    await expect(call()).rejects.toMatchObject({ name });
    expect([stored(), queue.counts().all]).toEqual([0, 0]);
  });

  it.each<[FaultKind, number]>([
    ['resetBeforeCommit', 0],
    ['resetAfterCommit', 1],
  ])('%s breaks the connection, and leaves version %i', async (fault, version) => {
    aws.faults.add({ operation: 'PutParameter', fault });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stored()).toBe(version);
  });

  it('hang never answers, nothing done', async () => {
    aws.faults.add({ operation: 'PutParameter', fault: 'hang' });
    const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };
    const impatient = new SSMClient({ ...clientConfig(aws.endpoint), maxAttempts: 1, requestHandler });
    await expect(put('one', impatient)).rejects.toMatchObject({ name: 'TimeoutError' });
    impatient.destroy();
    expect(stored()).toBe(0);
  });

  it('befall so many calls as were said, of those that match, until taken back', async () => {
    const isTwo = ({ Value }: Readonly<Record<string, unknown>>) => Value === 'two';
    const takeBack = aws.faults.add({ operation: '*', fault: 'throttle', times: 2, match: isTwo });
    await put('one');
    await expect(put('two')).rejects.toThrow();
    takeBack();
    await put('two');
    aws.faults.add({ operation: 'GetParameters', fault: 'throttle' });
    await put('three');
    aws.faults.clear();
    await ssm.send(new GetParametersCommand({ Names: [NAME] }));
  });
});

it('records requests by name, without any value', async () => {
  await put('secret-value');
  await ssm.send(new GetParametersCommand({ Names: [NAME, '/other'], WithDecryption: true }));
  await getSecret().catch(() => {});
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

it('names an operation that it does not know', async () => {
  const headers = { 'x-amz-target': 'AmazonSSM.SendCommand' };
  const answer = await fetch(aws.endpoint, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('AmazonSSM.SendCommand');
});

it('ends with connections open, and leaves its port', async () => {
  const { port } = new URL(aws.endpoint);
  const idle = connect(Number(port), '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  const broken = new Promise((resolve) => idle.once('close', resolve));
  await aws.close();
  await broken;
  await expect(fetch(aws.endpoint)).rejects.toThrow();
});
