import { inspect } from 'node:util';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createTokenClient,
  type TokenClientOptions,
  type TokenError,
  type TokenEvent,
} from '../../client/index.ts';
import { systemClock } from '../../contract/clock.ts';
import type { FaultKind } from '../../fakes/memory-aws/faults.ts';
import { type MemoryAws, startMemoryAws } from '../../fakes/memory-aws/server.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { ENVIRONMENT, PARAMETER, TOKEN } from './world.ts';

const HOUR = 3_600_000;

let aws: MemoryAws;
beforeAll(async () => {
  aws = await startMemoryAws();
});
afterAll(() => aws.close());
afterEach(() => {
  aws.faults.clear();
  aws.requests.length = 0;
  aws.parameters.deleteParameters({ Names: [PARAMETER] });
});

const put = (Value: string) =>
  aws.parameters.putParameter({ Name: PARAMETER, Value, Type: 'SecureString', Overwrite: true });

function newClient(options: Partial<TokenClientOptions> = {}) {
  const ssm = new SSMClient(clientConfig(aws.endpoint));
  return createTokenClient({ environment: ENVIRONMENT, token: TOKEN, ssm, ...options } as TokenClientOptions);
}

const failure = (options?: Partial<TokenClientOptions>): Promise<TokenError> =>
  newClient(options)
    .getToken()
    .then(
      (token) => Promise.reject(new Error(`got ${token}`)),
      (error: TokenError) => error,
    );

describe('over HTTP, with the real SDK', () => {
  it('1,000 parallel cold reads are one GetParameter, with decryption', async () => {
    put('the-token');
    const { getToken } = newClient();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => getToken()));
    expect(new Set(tokens)).toEqual(new Set(['the-token']));
    expect(aws.requests).toMatchObject([
      { operation: 'GetParameter', members: ['Name', 'WithDecryption'], resources: [PARAMETER] },
    ]);
  });

  it('gives the header for other HTTP clients', async () => {
    put('the-token');
    expect(await newClient().authorization()).toEqual({ authorization: 'Bearer the-token' });
  });

  it('makes its own SDK client from settings, and reads by ARN if given one', async () => {
    put('the-token');
    const parameterArn = `arn:aws:ssm:us-east-1:000000000000:parameter${PARAMETER}`;
    const ssmConfig = clientConfig(aws.endpoint);
    const client = createTokenClient({ environment: ENVIRONMENT, token: TOKEN, parameterArn, ssmConfig });
    expect(await client.getToken()).toBe('the-token');
    expect(aws.requests[0]?.resources).toEqual([parameterArn]);
  });

  it.each<[FaultKind, Partial<TokenError>]>([
    ['deny', { code: 'AccessDenied', permission: 'ssm:GetParameter', retryable: false }],
    ['denyKms', { code: 'AccessDenied', permission: 'kms:Decrypt', retryable: false }],
    ['throttle', { code: 'ParameterUnavailable', awsError: 'ThrottlingException', retryable: true }],
    ['error500', { code: 'ParameterUnavailable', awsError: 'InternalServerError', retryable: true }],
    ['resetBeforeCommit', { code: 'ParameterUnavailable', retryable: true }],
  ])('%s', async (fault, expected) => {
    put('the-token');
    aws.faults.add({ operation: 'GetParameter', fault, times: Number.POSITIVE_INFINITY });
    const error = await failure();
    expect(error).toMatchObject(expected);
    expect(error.message).toContain(PARAMETER);
  });

  it('SSM never answering', async () => {
    put('the-token');
    aws.faults.add({ operation: 'GetParameter', fault: 'hang' });
    const error = await failure({ readTimeoutSeconds: 0.1 });
    expect(error).toMatchObject({ code: 'ParameterUnavailable', message: 'no answer from SSM within 0.1 s' });
  });

  it('a try that SSM never answers is given up by its own SDK client, and repeated within the read', async () => {
    put('the-token');
    aws.faults.add({ operation: 'GetParameter', fault: 'hang' });
    const ssmConfig = clientConfig(aws.endpoint);
    const client = createTokenClient({ environment: ENVIRONMENT, token: TOKEN, ssmConfig });
    expect(await client.getToken()).toBe('the-token');
    expect(aws.requests).toHaveLength(2);
  });

  it('SSM slow, but in time', async () => {
    put('the-token');
    aws.faults.add({ operation: 'GetParameter', fault: 'delay', delayMs: 100 });
    expect(await newClient({ readTimeoutSeconds: 1 }).getToken()).toBe('the-token');
  });

  it('no such parameter', async () => {
    expect(await failure()).toMatchObject({
      code: 'ParameterNotFound',
      awsError: 'ParameterNotFound',
      retryable: false,
    });
  });

  it('a call that is aborted in the middle of a read ends with the reason', async () => {
    put('the-token');
    aws.faults.add({ operation: 'GetParameter', fault: 'hang' });
    const abort = new AbortController();
    const call = newClient().getToken({ signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 20);
    await expect(call).rejects.toThrow('enough');
  });

  it('a computer whose clock is an hour ahead', async () => {
    put('the-token');
    const clock = { ...systemClock, now: () => Date.now() + HOUR };
    const events: TokenEvent[] = [];
    expect(await newClient({ clock, onEvent: (event) => events.push(event) }).getToken()).toBe('the-token');
    expect(events).toMatchObject([{ type: 'read', ageMs: expect.any(Number) }]);
    expect(Object(events[0]).ageMs).toBeLessThan(10_000);
  });
});

describe('the value', () => {
  it.each([
    ['white space around it', '  the-token\n', 'the-token'],
    ['nothing odd', 'eyJ.abc-_~+/=', 'eyJ.abc-_~+/='],
  ])('with %s', async (_, stored, token) => {
    put(stored);
    expect(await newClient().getToken()).toBe(token);
  });

  it.each([
    ['only white space', ' \n', 'is empty'],
    ['a space in it', 'two words', 'holds characters'],
    ['a line break in it', 'first\nsecond', 'holds characters'],
    ['other than ASCII', 'tökén', 'holds characters'],
  ])('with %s', async (_, stored, message) => {
    put(stored);
    const error = await failure();
    expect(error).toMatchObject({ code: 'ParameterMalformed', message: expect.stringContaining(message) });
    if (stored.trim() !== '') expect(error.message).not.toContain(stored);
  });

  it('empty, as some emulators have it', async () => {
    const ssm = { send: async () => ({ Parameter: { Value: '' } }) };
    expect(await failure({ ssm })).toMatchObject({ code: 'ParameterMalformed' });
  });
});

it.each([
  ['Version', { LastModifiedDate: new Date() }],
  ['LastModifiedDate', { Version: 1 }],
])('an answer without %s is an error that names it', async (field, rest) => {
  const ssm = { send: async () => ({ Parameter: { Value: 'the-token', ...rest } }) };
  const error = await failure({ ssm } as never);
  expect(error).toMatchObject({
    code: 'ParameterMalformed',
    message: `SSM's answer on parameter ${PARAMETER} has no ${field}`,
  });
});

describe('the expiry', () => {
  const MINUTE = 60_000;
  const readAt = (ageMs: number, Value: string, options: Partial<TokenClientOptions> = {}) => {
    const LastModifiedDate = new Date(Date.now() - ageMs);
    const ssm = { send: async () => ({ Parameter: { Value, Version: 3, LastModifiedDate } }) };
    return newClient({ ...options, ssm } as Partial<TokenClientOptions>)
      .getToken()
      .then(
        () => 'lives',
        ({ code }: TokenError) => code,
      );
  };
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const jwt = (claims: object) => `${part({ alg: 'none' })}.${part(claims)}.signature`;

  it.each([
    ['30 minutes by default', 'opaque', {}, 30],
    ['as the option says', 'opaque', { lifetimeSeconds: 3600 }, 60],
    ['as a JWT says, whatever the option and its issuer’s clock', jwt({ iat: 0, exp: 600 }), {}, 10],
    ['as the option says if the JWT says nothing', jwt({ sub: 'x' }), {}, 30],
    ['as the option says if the JWT ends before it begins', jwt({ iat: 600, exp: 0 }), {}, 30],
    ['as the option says if it only looks like a JWT', 'a.b.c', {}, 30],
  ])('%s', async (_, value, options, minutes) => {
    const lifetime = minutes * MINUTE;
    expect(await readAt(lifetime - 1000, value, options)).toBe('lives');
    expect(await readAt(lifetime, value, options)).toBe('TokenExpired');
  });
});

describe('other answers of AWS', () => {
  const failing = (name: string, message = '') => ({
    send: async () =>
      Promise.reject(Object.assign(new Error(message), { name, $metadata: { requestId: 'id-1' } })),
  });

  it.each([
    [
      'AccessDeniedException',
      'User: x is not authorized to perform: kms:Decrypt on resource: y',
      'kms:Decrypt',
    ],
    [
      'AccessDeniedException',
      'User: arn:aws:sts::1:assumed-role/kms-user/x is not authorized to perform: ssm:GetParameter',
      'ssm:GetParameter',
    ],
  ])('%s: %s', async (name, message, permission) => {
    expect(await failure({ ssm: failing(name, message) })).toMatchObject({ permission, requestId: 'id-1' });
  });

  it.each([
    ['InvalidKeyId', 'KeyUnusable'],
    ['ExpiredTokenException', 'AwsCredentialsInvalid'],
    ['CredentialsProviderError', 'AwsCredentialsInvalid'],
    ['TimeoutError', 'ParameterUnavailable'],
  ])('%s is %s', async (name, code) => {
    expect(await failure({ ssm: failing(name) })).toMatchObject({ code, awsError: name });
  });

  it.each([
    'User: x is not authorized to perform: sts:AssumeRole on resource: y',
    'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  ])('a role that cannot be assumed is no missing permission on the parameter: %s', async (message) => {
    expect(await failure({ ssm: failing('AccessDenied', message) })).toMatchObject({
      code: 'AwsCredentialsInvalid',
      awsError: 'AccessDenied',
    });
  });

  it('of the network are told by their codes', async () => {
    const refused = { ssm: undefined, ssmConfig: clientConfig('http://127.0.0.1:1') } as never;
    expect(await failure(refused)).toMatchObject({ awsError: 'ECONNREFUSED', retryable: true });
    const twoAddresses = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    const ssm = { send: () => Promise.reject(twoAddresses) };
    expect(await failure({ ssm })).toMatchObject({ awsError: 'ECONNREFUSED' });
  });

  it.each([undefined, '', 'eu central 1'])('without a Region there is none to wait for: %j', async (set) => {
    vi.stubEnv('AWS_REGION', set);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    const { region, ...ssmConfig } = clientConfig(aws.endpoint);
    const error = await failure({ ssm: undefined, ssmConfig } as never);
    expect(error).toMatchObject({ code: 'InvalidOption', retryable: false });
    expect(error.message).toContain('AWS_REGION');
    vi.unstubAllEnvs();
  });

  it.each([
    ['rejects', (error: Error) => Promise.reject(error)],
    [
      'throws at once, as an older one does',
      (error: Error) => {
        throw error;
      },
    ],
  ])('nothing of an SDK error gets out but its name and the request’s id: the client %s', async (_, fail) => {
    const secret = 'the-secret-token';
    const ssm = {
      send: () => {
        const error = new SyntaxError(`Unexpected end of JSON input: ${secret}`);
        return fail(Object.assign(error, { $response: { body: secret }, $responseBodyText: secret }));
      },
    };
    const error = await failure({ ssm });
    expect(error).toMatchObject({ code: 'ParameterUnavailable', awsError: 'SyntaxError' });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(secret);
  });
});

it('leaves no read in the background in Lambda', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'a-function');
  put('the-token');
  let late = 0;
  const clock = { ...systemClock, now: () => Date.now() + late };
  const client = newClient({ clock });
  await client.getToken();
  put('the-next-token');
  late = 59_000;
  expect(await client.getToken()).toBe('the-next-token');
  vi.unstubAllEnvs();
});
