import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { DEFAULT_TIMES } from '../../contract/times.ts';
import { defaultTokenApi } from '../../contract/token-api.ts';
import type { Fault } from '../../fakes/token-api/faults.ts';
import { secretsManagerStore } from '../../lambda/aws/credentials.ts';
import { ssmStore } from '../../lambda/aws/parameters.ts';
import { parseCredentials } from '../../lambda/token-api/credentials.ts';
import { sendRequest } from '../../lambda/token-api/http.ts';
import { tokenApiOf } from '../../lambda/token-api/token-api.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { type ApiFault, apiFaults, CALLS, type Call, injectFault } from '../component/api-faults.ts';
import {
  CERTIFIED,
  credentialsOf,
  openStage,
  openStageForTest,
  PASSWORD,
  SECRET,
  USERNAME,
} from '../component/stage.ts';
import { verdictOnEnvironment, verdictOnToken } from '../lib/settings/verdict.ts';
import { startFunctionOf } from './function-output.ts';
import { leaksIn, markedSecret } from './leaks.ts';

/** A token API that repeats what it was sent, and what it would have issued, wherever an answer has room for text. */
function echoes(secrets: readonly string[]): { readonly name: string; readonly fault: Fault }[] {
  const text = secrets.join(' ');
  const safe = encodeURIComponent(text);
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Fault => ({
    kind: 'answer',
    status,
    body,
    headers,
  });
  return [
    { name: '400, in an OAuth error', fault: answer(400, { error: text, error_description: text }) },
    {
      name: '400, in the description of one',
      fault: answer(400, { error: 'invalid_request', error_description: text }),
    },
    { name: '401, in a header', fault: answer(401, {}, { 'www-authenticate': `Bearer error="${safe}"` }) },
    {
      name: '302, in the Location',
      fault: answer(302, text, { location: `https://elsewhere.example/?${safe}` }),
    },
    { name: '403, as a page', fault: answer(403, `<html>${text}</html>`) },
    { name: '404, as JSON', fault: answer(404, { message: text, [secrets[0] ?? '']: true }) },
    { name: '429, in Retry-After', fault: answer(429, text, { 'retry-after': safe }) },
    { name: '429, in X-RateLimit-Reset', fault: answer(429, text, { 'x-ratelimit-reset': safe }) },
    { name: '200, as the content encoding', fault: answer(200, text, { 'content-encoding': safe }) },
    { name: '500, as a stack trace', fault: answer(500, `Error: ${text}\n    at login (server.js:1)`) },
    { name: '200, as text', fault: answer(200, text) },
    { name: '200, as JSON that is cut off', fault: answer(200, `{"data":{"token":"${secrets[0]}`) },
    { name: '200, in other fields', fault: answer(200, { message: text, token: text }) },
    { name: '200, as a token that is no string', fault: answer(200, { data: { token: [text] } }) },
    { name: '200, as a token unsafe in a header', fault: answer(200, { data: { token: `${text}\r\n` } }) },
    { name: '200, as a token that has expired', fault: answer(200, { data: { token: safe, expiresIn: 0 } }) },
    { name: '200, as a token too large', fault: answer(200, { data: { token: safe.repeat(200) } }) },
    { name: '200, as a lifetime', fault: answer(200, { data: { token: text, expiresIn: text } }) },
  ];
}

const NAMES = echoes([]).map(({ name }) => name);
const faultNamed = (name: string, secrets: readonly string[]): Fault =>
  echoes(secrets).find((echo) => echo.name === name)?.fault ?? expect.fail(`no echo ${name}`);

/** Some of the faults never answer. */
const CALL_MS = 500;

/** Everything that can be seen of a value, properties that are hidden and causes included. */
const deeply = (value: unknown): string =>
  inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, maxStringLength: null });

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error,
  );

describe.each(CALLS)('a token API that echoes secrets at %s', (call) => {
  it.concurrent.for(NAMES)('%s: nothing gets out', async (name) => {
    const stage = await openStage();
    stage.startWithToken({ refreshToken: call === 'refresh' });
    for (const endpoint of CALLS) {
      stage.api.faults.add(endpoint, faultNamed(name, stage.secrets()));
    }
    await stage.attempt();
    await stage.attempt({}, { attempt: 3 });
    expect(stage.emitted()).toContain('no new access token');
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
    await stage.close();
  });

  it.concurrent.for(NAMES)('%s: nothing is in the error', async (name) => {
    const secrets = [PASSWORD, markedSecret(), markedSecret()];
    expect(await leaksInErrorOf(call, faultNamed(name, secrets), secrets)).toEqual([]);
  });
});

const failures = apiFaults.flatMap(({ name, fault, code }) => (code === undefined ? [] : [{ name, fault }]));

it.concurrent.for(CALLS.flatMap((call) => failures.map(({ name, fault }) => ({ call, name, fault }))))(
  'a token API at $call, $name: nothing is in the error',
  async ({ call, fault }) => {
    const secrets = [PASSWORD, markedSecret(), markedSecret()];
    expect(await leaksInErrorOf(call, fault, secrets)).toEqual([]);
  },
);

async function leaksInErrorOf(
  call: Call,
  fault: ApiFault['fault'],
  secrets: readonly string[],
): Promise<string[]> {
  const stage = await openStage();
  await injectFault(stage, call, { fault });
  const credentials = secretsManagerStore(new SecretsManagerClient(clientConfig(stage.aws.endpoint)));
  const api = tokenApiOf(
    { api: defaultTokenApi(stage.api.baseUrl), credentialsSecretId: SECRET, ...DEFAULT_TIMES },
    { send: sendRequest, clock: systemClock, credentials },
  );
  const work =
    call === 'refresh'
      ? api.refresh({ refreshToken: secrets[1] }, CALL_MS)
      : api.login({ fields: { username: USERNAME, password: PASSWORD } }, CALL_MS);
  const error = await errorOf(work);
  await stage.close();
  return leaksIn(deeply(error), secrets);
}

describe('an AWS that quotes values in its messages', () => {
  /** Validation errors of AWS do: "Value '…' at 'value' failed to satisfy constraint". */
  async function quotingAws(secrets: readonly string[]): Promise<string> {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const message = `1 validation error detected: Value '${secrets.join(' ')}' at 'value' failed to satisfy constraint`;
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify({ __type: 'ValidationException', message, Value: secrets }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('finds none of them in an error', async () => {
    const secrets = [PASSWORD, markedSecret(), markedSecret()];
    const config = clientConfig(await quotingAws(secrets));
    const parameters = ssmStore(new SSMClient(config), undefined);
    const credentials = secretsManagerStore(new SecretsManagerClient(config));
    const errors = await Promise.all([
      errorOf(parameters.read(['/a'], 1_000)),
      errorOf(parameters.write({ name: '/a', value: secrets.join(), description: '' }, 1_000)),
      errorOf(credentials.currentVersion(SECRET, 1_000)),
      errorOf(credentials.read(SECRET, 'v1', 1_000)),
    ]);
    for (const error of errors) expect(leaksIn(deeply(error), secrets)).toEqual([]);
  });
});

it.each([
  // JSON.parse quotes the beginning of what it cannot read.
  ['are nothing but a password', PASSWORD],
  ['are no JSON', `${USERNAME}:${PASSWORD}`],
  ['are JSON that is cut off', `{"username":"${USERNAME}","password":${JSON.stringify(PASSWORD)}`],
  ['are a list', JSON.stringify([USERNAME, PASSWORD])],
  ['have them as names', JSON.stringify({ [PASSWORD]: USERNAME })],
  ['have a password that is no string', JSON.stringify({ username: USERNAME, password: [PASSWORD] })],
  [
    'have it as a private key',
    JSON.stringify({ username: USERNAME, password: 'x', cert: '', key: PASSWORD }),
  ],
])('credentials that %s are not in the error', async (_, value) => {
  const error = await errorOf(Promise.resolve().then(() => parseCredentials(value, CERTIFIED)));
  expect(leaksIn(deeply(error), [PASSWORD])).toEqual([]);
});

it.each([
  ['as a setting', verdictOnToken({ password: PASSWORD })],
  ['as a setting of the environment', verdictOnEnvironment({ password: PASSWORD })],
  ['in a URL', verdictOnToken({ baseUrl: `https://user:${encodeURIComponent(PASSWORD)}@api.example.com` })],
  ['in a query', verdictOnToken({ baseUrl: `https://api.example.com?key=${encodeURIComponent(PASSWORD)}` })],
  ['in place of a token', verdictOnEnvironment({ tokens: [PASSWORD] })],
])('a password that stands in the environments file %s is not in the error', (_, verdict) => {
  expect(verdict).toMatch(/^SettingError: /);
  expect(leaksIn(verdict, [PASSWORD])).toEqual([]);
});

it('the bundled function in a process of its own writes no secret to its output, whatever it is told', async () => {
  const stage = await openStageForTest();
  stage.startWithToken();
  const lambda = await startFunctionOf(stage);
  onTestFinished(() => void lambda.end());
  for (const name of NAMES) {
    stage.api.faults.clear();
    for (const call of CALLS) stage.api.faults.add(call, faultNamed(name, stage.secrets()));
    await lambda.handle();
  }
  stage.api.faults.clear();
  stage.storeCredentials(credentialsOf(PASSWORD));
  await lambda.handle();
  const output = await lambda.end();
  expect(output).toContain('"outcome":"failed"');
  expect(output).toContain('"outcome":"refreshed"');
  expect(output).toContain('CloudWatchMetrics');
  expect(leaksIn(output + stage.emitted(), stage.secrets())).toEqual([]);
}, 60_000);

describe('the search for leaks', () => {
  const secret = PASSWORD;
  it.each([
    ['raw', `x ${secret} y`],
    ['a piece', `…${secret.slice(3, 11)}…`],
    ['URL-escaped', `?password=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ secret }) })],
    ['base64', Buffer.from(`Basic user:${secret}`).toString('base64')],
    ['base64url', Buffer.from(JSON.stringify({ secret })).toString('base64url')],
    ['hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['a Buffer', inspect(Buffer.from(`{"password":${JSON.stringify(secret)}}`))],
  ])('finds it: %s', (_, text) => {
    expect(leaksIn(text, [secret])).not.toEqual([]);
  });

  it('does not find it where it is not', () => {
    expect(leaksIn(`${secret.slice(0, 7)}_${markedSecret()}`, [secret, markedSecret()])).toEqual([]);
  });
});
