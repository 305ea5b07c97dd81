import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { DEFAULT_TIMES } from '../../contract/times.ts';
import type { Answer, Fault } from '../../fakes/token-api/faults.ts';
import type { TokenApiShape } from '../../fakes/token-api/shapes.ts';
import { secretsManagerStore } from '../../lambda/aws/credentials.ts';
import { ssmStore } from '../../lambda/aws/parameters.ts';
import { parseCredentials } from '../../lambda/token-api/credentials.ts';
import { sendRequest } from '../../lambda/token-api/http.ts';
import { tokenApiOf } from '../../lambda/token-api/token-api.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { type ApiFault, apiFaults, CALLS, type Call, injectFault } from '../component/api-faults.ts';
import { ASSERTING, SHAPES } from '../component/shapes.ts';
import {
  CERTIFIED,
  type DescribedShape,
  openStage,
  openStageForTest,
  PASSWORD,
  SECRET,
  type Stage,
  USERNAME,
} from '../component/stage.ts';
import { verdictOnEnvironment, verdictOnToken } from '../lib/settings/verdict.ts';
import { startFunctionOf } from './function-output.ts';
import { leaksIn, markedSecret } from './leaks.ts';

/** A token API that repeats what it was sent, and what it has issued, wherever an answer has room for text. */
const echoes: Readonly<Record<string, (text: string, shape: TokenApiShape) => Partial<Answer>>> = {
  '400, in an OAuth error': (text) => ({ status: 400, body: { error: text, error_description: text } }),
  '400, in the description of one': (text) => ({
    status: 400,
    body: { error: 'invalid_request', error_description: text },
  }),
  '401, in a header': (text) => ({
    status: 401,
    body: {},
    headers: { 'www-authenticate': `Bearer error="${encodeURIComponent(text)}"` },
  }),
  '302, in the Location': (text) => ({
    status: 302,
    body: text,
    headers: { location: `https://elsewhere.example/?${encodeURIComponent(text)}` },
  }),
  '403, as a page': (text) => ({ status: 403, body: `<html>${text}</html>` }),
  '404, as JSON': (text) => ({ status: 404, body: { message: text, [PASSWORD]: true } }),
  '429, in Retry-After': (text) => ({
    status: 429,
    body: text,
    headers: { 'retry-after': encodeURIComponent(text) },
  }),
  '429, in X-RateLimit-Reset': (text) => ({
    status: 429,
    body: text,
    headers: { 'x-ratelimit-reset': encodeURIComponent(text) },
  }),
  '200, as the content encoding': (text) => ({
    body: text,
    headers: { 'content-encoding': encodeURIComponent(text) },
  }),
  '500, as a stack trace': (text) => ({ status: 500, body: `Error: ${text}\n    at login (server.js:1)` }),
  '200, as text': (text) => ({ body: text }),
  '200, as JSON that is cut off': (text, { granted }) => ({
    body: JSON.stringify(granted({ token: text })).slice(0, -8),
  }),
  '200, in other fields': (text) => ({ body: { message: text, token: text } }),
  '200, as a token that is no string': (text, { granted }) => ({ body: granted({ token: [text] }) }),
  '200, as a token unsafe in a header': (text, { granted }) => ({ body: granted({ token: `${text}\r\n` }) }),
  '200, as a token that has expired': (text, { granted }) => ({
    // The dots make it no JWT: an assertion in the text would state a life of its own.
    body: granted({ token: `..${encodeURIComponent(text)}`, expiresIn: 0 }),
  }),
  '200, as a token too large': (text, { granted }) => ({
    body: granted({ token: encodeURIComponent(text).repeat(200) }),
  }),
  '200, as a lifetime': (text, { granted }) => ({ body: granted({ token: text, expiresIn: text }) }),
};

const NAMES = Object.keys(echoes);

/** At the last moment, so that it holds what the request showed. */
const echoing = (name: string, { api, secrets }: Stage): Fault => ({
  kind: 'change',
  change: () => ({ status: 200, body: '', ...echoes[name]?.(secrets().join(' '), api.shape) }),
});

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

const shapes = { ...SHAPES, 'that is shown signed assertions': ASSERTING };
const shapesAndCalls = Object.entries(shapes).flatMap(([name, shape]) =>
  CALLS.map((call) => ({ name, shape, call })),
);

describe.each(shapesAndCalls)('a token API $name, at $call:', ({ shape, call }) => {
  it.concurrent.for(NAMES)('secrets are echoed: %s: nothing gets out', async (name) => {
    const stage = await openStage({ shape });
    stage.startWithToken({ refreshToken: call === 'refresh' });
    for (const endpoint of CALLS) stage.api.faults.add(endpoint, echoing(name, stage));
    await stage.attempt();
    await stage.attempt({}, { attempt: 3 });
    expect(stage.emitted()).toContain('no new access token');
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
    await stage.close();
  });

  it.concurrent.for(NAMES)('secrets are echoed: %s: nothing is in the error', async (name) => {
    expect(await leaksInErrorOf(call, shape, (stage) => echoing(name, stage))).toEqual([]);
  });

  const failures = apiFaults.filter(({ code }) => code !== undefined);
  it.concurrent.for(failures)('$name: nothing is in the error', async ({ fault }) => {
    expect(await leaksInErrorOf(call, shape, () => fault)).toEqual([]);
  });
});

async function leaksInErrorOf(
  call: Call,
  shape: DescribedShape,
  faultOf: (stage: Stage) => ApiFault['fault'],
): Promise<string[]> {
  const stage = await openStage({ shape });
  const value = shape.credentials(PASSWORD);
  stage.storeCredentials(value);
  const credentials = secretsManagerStore(new SecretsManagerClient(clientConfig(stage.aws.endpoint)));
  const api = tokenApiOf(
    { api: shape.describe(stage.api.baseUrl), credentialsSecretId: SECRET, ...DEFAULT_TIMES },
    { send: sendRequest, clock: systemClock, credentials },
  );
  const tokens = { refreshToken: markedSecret() };
  // So that the credentials are known, and the time is the call's.
  await api.refresh(tokens, 10_000).catch(() => {});
  const parsed = await api.parseCredentials(value);
  await injectFault(stage, call, { fault: faultOf(stage) });
  const work = call === 'refresh' ? api.refresh(tokens, CALL_MS) : api.login(parsed, CALL_MS);
  const error = await errorOf(work);
  await stage.close();
  return leaksIn(deeply(error), [...stage.secrets(), tokens.refreshToken]);
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
  ['is cut off', (key: string) => ({ private_key: key.slice(0, -90) })],
  ['has another passphrase', () => ({ passphrase: PASSWORD })],
  ['is no key', () => ({ private_key: PASSWORD })],
  ['is not there', () => ({ private_key: '' })],
])('a private key that %s is not in the error', async (_, change) => {
  const stage = await openStageForTest({ shape: ASSERTING });
  const credentials = secretsManagerStore(new SecretsManagerClient(clientConfig(stage.aws.endpoint)));
  const settings = {
    api: ASSERTING.describe(stage.api.baseUrl),
    credentialsSecretId: SECRET,
    ...DEFAULT_TIMES,
  };
  const api = tokenApiOf(settings, { send: sendRequest, clock: systemClock, credentials });
  const good = JSON.parse(ASSERTING.credentials(PASSWORD));
  const error = await errorOf(api.parseCredentials(JSON.stringify({ ...good, ...change(good.private_key) })));
  expect(error).toMatchObject({ code: 'CredentialsMalformed' });
  expect(leaksIn(deeply(error), stage.secrets())).toEqual([]);
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

it.each(Object.entries(shapes))(
  'the bundled function, before an API %s, writes no secret to its output, whatever it is told',
  async (_, shape) => {
    const stage = await openStageForTest({ shape });
    stage.startWithToken();
    const lambda = await startFunctionOf(stage, { shape });
    onTestFinished(() => void lambda.end());
    for (const name of NAMES) {
      stage.api.faults.clear();
      for (const call of CALLS) stage.api.faults.add(call, echoing(name, stage));
      await lambda.handle();
    }
    stage.api.faults.clear();
    stage.storeCredentials(shape.credentials(PASSWORD));
    await lambda.handle();
    const output = await lambda.end();
    expect(output).toContain('"outcome":"failed"');
    expect(output).toContain('"outcome":"refreshed"');
    expect(output).toContain('CloudWatchMetrics');
    expect(leaksIn(output + stage.emitted(), stage.secrets())).toEqual([]);
  },
);

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
