import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MemoryAws } from '../../fakes/memory-aws/server.ts';
import { selfSigned } from '../component/certificate.ts';
import { PASSWORD, TOKEN, USERNAME } from '../component/stage.ts';
import { leaksIn } from '../security/leaks.ts';
import { openDeployedStage, runCli } from './cli-stage.ts';
import { readable, runAtTerminal } from './terminal.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:token-refresher-sandbox.fifo';

/** A stage whose stack has all that a healthy one has. */
async function openHealthy(): Promise<MemoryAws> {
  const { aws } = await openDeployedStage({ hasToken: true });
  aws.triggers.schedules.set(`token-refresher-sandbox-${TOKEN}`, 'ENABLED');
  aws.triggers.mappings.set(QUEUE, ['Enabled']);
  aws.triggers.subscribers.set('team@example.com', true);
  return aws;
}

const check = (aws: MemoryAws, options = '--environments none') => runCli(aws, `check sandbox ${options}`);

function environmentsFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'environments.ts');
  writeFileSync(file, text);
  return file;
}

const environments = (baseUrl: string): string =>
  environmentsFile(`export const environments = [
    { name: 'sandbox', alarmEmail: 'team@example.com', tokens: [{ name: '${TOKEN}', baseUrl: '${baseUrl}' }] },
  ];`);

/** A token API with TLS that this process trusts. */
async function startApi(): Promise<{ readonly url: string; readonly cert: string }> {
  const certificate = selfSigned();
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, certificate.cert]);
  const server = createServer(certificate, async (request, response) => {
    const { username, password } =
      request.method === 'POST' ? JSON.parse((await request.toArray()).join('')) : {};
    const isRight = username === USERNAME && password === PASSWORD;
    const answer = { data: { token: 'opaque', refreshToken: 'r', expiresIn: 900 } };
    response.writeHead(isRight ? 200 : request.method === 'POST' ? 401 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(isRight ? answer : { message: 'no' }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    setDefaultCACertificates(before);
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, cert: certificate.cert };
}

describe('what is deployed', () => {
  it('is told line by line', async () => {
    const { out, exitCode } = await check(await openHealthy());
    expect(out).toBe(
      [
        'Settings',
        'warning  there is no none here',
        '         The settings of your own CDK app are checked by npx cdk synth.',
        'Deployed',
        'ok       TokenRefresher-sandbox of sandbox: account 000000000000, us-east-1',
        `ok       ${TOKEN}: credentials are stored`,
        `ok       ${TOKEN}: its schedule is enabled`,
        `ok       ${TOKEN}: a token is stored`,
        'ok       the queue is connected to the function',
        'ok       no request waits for the function (0 in progress or put off)',
        'ok       there are no dead letters',
        'ok       alarms reach team@example.com',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
  });

  it.each<[string, (aws: MemoryAws) => void, string]>([
    [
      'a disabled schedule',
      ({ triggers }) => triggers.schedules.set(`token-refresher-sandbox-${TOKEN}`, 'DISABLED'),
      'its schedule is disabled',
    ],
    ['a schedule that is gone', ({ triggers }) => triggers.schedules.clear(), 'its schedule is gone'],
    [
      'a mapping that is switched off',
      ({ triggers }) => triggers.mappings.set(QUEUE, ['Disabled']),
      'connected to no function (Disabled)',
    ],
    ['no mapping', ({ triggers }) => triggers.mappings.clear(), 'connected to no function (no mapping)'],
    [
      'an address that was not confirmed',
      ({ triggers }) => triggers.subscribers.set('late@example.com', false),
      'late@example.com has not confirmed',
    ],
    ['nobody', ({ triggers }) => triggers.subscribers.clear(), 'no address is told of alarms'],
    [
      'no token',
      ({ parameters }) =>
        void parameters.deleteParameters({ Names: [`/token-refresher/sandbox/${TOKEN}/access-token`] }),
      'no token is stored yet',
    ],
  ])('with %s it fails, and says what to do', async (_, spoil, message) => {
    const aws = await openHealthy();
    spoil(aws);
    const { out, exitCode } = await check(aws);
    expect(exitCode).toBe(1);
    expect(out).toMatch(new RegExp(`^failure  .*${message.replaceAll(/[()]/g, '\\$&')}.*\\n {9}\\S`, 'm'));
  });

  it('with dead letters it warns, and lists them as JSON', async () => {
    const aws = await openHealthy();
    aws.queues.get('dead-letters.fifo').send({ body: 'odd', groupId: TOKEN, deduplicationId: '1' });
    const { out, exitCode } = await check(aws, '--environments none --json');
    expect(JSON.parse(out)).toContainEqual({
      level: 'warning',
      what: 'there are 1 dead letters',
      remedy: 'npm run tokens -- dead-letters sandbox',
    });
    expect(exitCode).toBe(0);
  });
});

describe('settings', () => {
  it('are checked before anything is deployed, and the API is called', async () => {
    const aws = await openHealthy();
    const { url } = await startApi();
    const file = environments(url);
    const { out, exitCode } = await runCli(aws, `check sandbox --environments ${file} --stack NotThere`);
    expect(out.replaceAll(/\d+ ms/g, '… ms')).toBe(
      [
        'Settings',
        `ok       ${file}: sandbox with ${TOKEN}`,
        `ok       ${url} answers in … ms, TLS included (HTTP 404)`,
        'Deployed',
        'warning  NotThere is not deployed in this account and Region',
        '         npx cdk deploy NotThere',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
  });

  it.each([
    ['https://127.0.0.1:1', 'the token API cannot be reached (ECONNREFUSED)'],
    ['https://nowhere.invalid', 'the token API cannot be reached (ENOTFOUND)'],
  ])('an API at %s is a failure', async (url, message) => {
    const { out, exitCode } = await check(await openHealthy(), `--environments ${environments(url)}`);
    expect(exitCode).toBe(1);
    expect(out).toContain(`failure  ${url}: ${message}\n         The token API is to be waited for`);
  });

  it.each([
    [
      "export const environments = [{ name: 'sandbox', tokens: [{ name: 'x' }] }];",
      1,
      'token "x", baseUrl: must be',
    ],
    [
      "export const environments = [{ name: 'other', tokens: [{ name: 'x', baseUrl: 'https://x.example' }] }];",
      2,
      'has no environment "sandbox"',
    ],
    ['export const environments = [', 1, 'environments.ts'],
  ])('that are wrong are told: %s', async (text, exitCode, message) => {
    const ran = await check(await openHealthy(), `--environments ${environmentsFile(text)}`);
    expect(ran.err).toContain(message);
    expect(ran.exitCode).toBe(exitCode);
  });
});

describe('--log-in', () => {
  const logIn = async (password: string) => {
    const aws = await openHealthy();
    const { url, cert } = await startApi();
    const folder = mkdtempSync(join(tmpdir(), 'token-refresher-check-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ca.pem'), cert);
    const line = `check sandbox --environments ${environments(url)} --log-in ${TOKEN}`;
    const dialogue = [
      ['username (not shown): ', `${USERNAME}\r`],
      ['password (not shown): ', `${password}\r`],
    ] as const;
    return runAtTerminal(aws, line, dialogue, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') });
  };

  it('asks for the credentials, logs in once, and tells the lifetimes', async () => {
    const { screen, exitCode } = await logIn(PASSWORD);
    const text = readable(screen).replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      `warning login of ${TOKEN}: accepted; the token lives 15 min, the settings say 30 min; a refresh token came`,
    );
    expect(text).toContain('Set accessTokenLifetime to it');
    expect(leaksIn(screen, [PASSWORD])).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('tells a refusal', async () => {
    const { screen, exitCode } = await logIn('wrong');
    expect(readable(screen).replaceAll(/\s+/g, ' ')).toContain(
      `failure login of ${TOKEN}: the token API refuses the credentials (HTTP 401)`,
    );
    expect(exitCode).toBe(1);
  });

  it('needs a token of the environment', async () => {
    const { url } = await startApi();
    const ran = await check(await openHealthy(), `--environments ${environments(url)} --log-in other`);
    expect(ran).toMatchObject({ exitCode: 2, err: 'sandbox has no token "other".\n' });
  });
});
