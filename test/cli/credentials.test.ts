import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { credentialsOf, PASSWORD, SECRET, type Stage, TOKEN, USERNAME } from '../component/stage.ts';
import { leaksIn } from '../security/leaks.ts';
import { deploy, openDeployedStage, POLICY, type Ran, runCli } from './cli-stage.ts';

const COMMAND = `credentials sandbox ${TOKEN}`;
const ADOPTED = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:payments/login-AbCdEf';

const stored = (stage: Stage): unknown =>
  JSON.parse(stage.aws.secrets.getSecretValue({ SecretId: SECRET }).SecretString ?? '');

const wasStored = ({ aws }: Stage): boolean =>
  aws.requests.some(({ operation }) => operation === 'PutSecretValue');

function expectNoLeak(stage: Stage, ran: Ran): void {
  expect(leaksIn(JSON.stringify(ran), stage.secrets())).toEqual([]);
}

describe('through a pipe', () => {
  it('stores, waits, and tells the new token and its lifetime', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
    expect(ran.err).toBe(`Credentials of ${TOKEN} in sandbox, account 000000000000, us-east-1\n`);
    expect(ran.out).toMatch(
      /^Accepted: the credentials of payments-api are in use.\nThe new access token is version 1, valid for \d+ min.\n$/,
    );
    expect(ran.exitCode).toBe(0);
    expect(stored(stage)).toEqual({ username: USERNAME, password: PASSWORD });
    expectNoLeak(stage, ran);
  });

  it('prints JSON', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, `${COMMAND} --json`, { stdin: credentialsOf(PASSWORD) });
    expect(JSON.parse(ran.out)).toEqual({
      environment: 'sandbox',
      token: TOKEN,
      stored: stage.aws.secrets.getSecretValue({ SecretId: SECRET }).VersionId,
      verdict: 'accepted',
      code: null,
      version: 1,
      validUntil: expect.stringMatching(/Z$/),
    });
    expect(ran.exitCode).toBe(0);
    expectNoLeak(stage, ran);
  });

  it('takes what Windows writes: a byte order mark and its line ends', async () => {
    const stage = await openDeployedStage();
    const stdin = `\uFEFF{\r\n  "username": "${USERNAME}",\r\n  "password": ${JSON.stringify(PASSWORD)}\r\n}\r\n`;
    expect((await runCli(stage.aws, COMMAND, { stdin })).exitCode).toBe(0);
    expect(stored(stage)).toEqual({ username: USERNAME, password: PASSWORD });
  });

  it('tells a refusal in words, what to do, and how to go back', async () => {
    const stage = await openDeployedStage();
    await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf('wrong-password') });
    expect(ran.out).toBe(
      [
        'Refused: the token API refuses the credentials (HTTP 401).',
        'What to do: Store the right credentials. They are tried at once.',
        `  npm run tokens -- ${COMMAND}`,
        'More: docs/runbook.md#login-refused',
        '',
      ].join('\n'),
    );
    expect(ran.err).toContain(`To go back to the previous ones:\n  npm run tokens -- ${COMMAND} --restore\n`);
    expect(ran.exitCode).toBe(1);
    expect(stored(stage)).toMatchObject({ password: 'wrong-password' });

    const restored = await runCli(stage.aws, `${COMMAND} --restore`);
    expect(restored.out).toMatch(/^Restored: the previous credentials are the current ones again/);
    expect(restored.exitCode).toBe(0);
    expect(stored(stage)).toMatchObject({ password: PASSWORD });
    expectNoLeak(stage, ran);
  });

  it('warns of white space at the ends, which the API then refuses', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(`${PASSWORD}\n`) });
    expect(ran.err).toContain('Warning: password of payments-api begins or ends with white space');
    expect(ran.out).toContain('the password begins or ends with a line end');
    expect(ran.exitCode).toBe(1);
    expectNoLeak(stage, ran);
  });

  it('says when they are accepted, and the token that came cannot be stored', async () => {
    const stage = await openDeployedStage();
    const body = JSON.stringify({ data: { token: 'not safe', refreshToken: 'x' } });
    stage.api.faults.add('login', { kind: 'answer', status: 200, body }, 1);
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
    expect(ran.out).toContain(
      'Accepted: the credentials of payments-api are in use.\nBut it failed: the token is not safe',
    );
    expect(ran.exitCode).toBe(1);
  });

  it('says when there is no verdict in time, and that all is stored', async () => {
    const stage = await openDeployedStage();
    stage.api.faults.add('login', { kind: 'answer', status: 503, body: '' }, 9);
    const ran = await runCli(stage.aws, `${COMMAND} --wait 1`, { stdin: credentialsOf(PASSWORD) });
    expect(ran.out).toMatch(/^Stored, as version [\w-]+, but there was no verdict in time.\n/);
    expect(ran.out).toContain(`npm run tokens -- why sandbox ${TOKEN}`);
    expect(ran.exitCode).toBe(1);
  });
});

describe('refuses before anything is stored', () => {
  const other = JSON.stringify({ username: USERNAME, pasword: PASSWORD });
  it.each([
    ['nothing', '', 'Standard input is empty.', 'It wants {"username": "…", "password": "…"}.'],
    ['no JSON', `${USERNAME}:${PASSWORD}`, 'Standard input is not a JSON object.', 'It wants {'],
    ['a list', `["${PASSWORD}"]`, 'Standard input is not a JSON object.', 'It wants {'],
    ['a misspelt field', other, 'have no field "pasword".', 'Did you mean password?'],
    ['a missing field', '{"username":"me"}', 'lack password.', 'They have username, password.'],
    ['a number', '{"username":"me","password":12345678}', '"password" is not a string.', ''],
    ['an empty field', '{"username":"me","password":" "}', '"password" is empty.', ''],
    ['too much', credentialsOf('x'.repeat(70_000)), 'bytes; a secret holds 65536.', ''],
    ['far too much', credentialsOf('x'.repeat(200_000)), "more than a secret's 65536 bytes", ''],
  ])('%s', async (_, stdin, message, remedy) => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, COMMAND, { stdin });
    expect(ran.err).toContain(message);
    expect(ran.err).toContain(remedy);
    expect(ran.exitCode).toBe(2);
    expect(wasStored(stage)).toBe(false);
    expectNoLeak(stage, ran);
  });

  it('an unknown token, and names the nearest', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, 'credentials sandbox paymentsapi', {
      stdin: credentialsOf(PASSWORD),
    });
    expect(ran.err).toBe('sandbox has no token "paymentsapi".\nDid you mean payments-api?\n');
    expect(ran.exitCode).toBe(2);
  });

  it('to go back where there is nothing before', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, `${COMMAND} --restore`);
    expect(ran.err).toBe('The secret of payments-api has no previous version to go back to.\n');
    expect(ran.exitCode).toBe(1);
  });

  it('a password as an option, without repeating it', async () => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, `${COMMAND} --password=${PASSWORD.replaceAll(' ', '')}`);
    expect(ran.err).toContain("unknown option '--password=…'");
    expect(ran.exitCode).toBe(2);
    expectNoLeak(stage, ran);
  });
});

describe('files', () => {
  function fileOf(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'token-refresher-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'value'), text);
    return join(folder, 'value');
  }
  const PEM = '-----BEGIN CERTIFICATE-----\nMADEUP\n-----END CERTIFICATE-----\n';

  it('give fields: PEM with Unix line ends, other text without its last line end', async () => {
    const stage = await openDeployedStage();
    deploy(stage.aws, [{ token: TOKEN, secret: SECRET, optionalFields: ['ca'] }]);
    const options = `--file ca=${fileOf(PEM.replaceAll('\n', '\r\n'))} --file password=${fileOf(`${PASSWORD}\r\n`)}`;
    const ran = await runCli(stage.aws, `${COMMAND} ${options}`, { stdin: `{"username":"${USERNAME}"}` });
    expect(ran).toMatchObject({ exitCode: 0, out: expect.stringContaining('Accepted') });
    expect(stored(stage)).toEqual({ username: USERNAME, password: PASSWORD, ca: PEM });
  });

  it.each([
    ['of an unknown field', 'passwort=x', 'have no field "passwort"', 'Did you mean password?'],
    ['that is not there', 'password=/does/not/exist', 'The file for password cannot be read (ENOENT).', ''],
    ['without a field', 'password', '--file wants <field>=<path>.', ''],
  ])('%s', async (_, file, message, remedy) => {
    const stage = await openDeployedStage();
    const ran = await runCli(stage.aws, `${COMMAND} --file ${file}`);
    expect(ran.err).toContain(message);
    expect(ran.err).toContain(remedy);
    expect(ran.exitCode).toBe(2);
  });
});

describe('access denied', () => {
  it("names the action, and the operators' policy", async () => {
    const stage = await openDeployedStage();
    stage.aws.faults.add({ operation: 'PutSecretValue', fault: 'deny' });
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
    expect(ran.err).toContain('memory-aws may not do this: secretsmanager:PutSecretValue is missing.');
    expect(ran.err).toContain(`The operators' managed policy allows it: ${POLICY}`);
    expect(ran.exitCode).toBe(1);
  });

  it('to the log says that the credentials are stored', async () => {
    const stage = await openDeployedStage();
    stage.aws.faults.add({ operation: 'FilterLogEvents', fault: 'deny' });
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
    expect(ran.err).toContain('The credentials are stored.');
    expect(ran.err).toContain('logs:FilterLogEvents is missing.');
    expect(ran.exitCode).toBe(1);
  });

  it('to an adopted secret names the statement that its owner must add', async () => {
    const stage = await openDeployedStage();
    deploy(stage.aws, [{ token: TOKEN, secret: ADOPTED }]);
    stage.aws.faults.add({ operation: 'DescribeSecret', fault: 'deny' });
    const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
    const [, statement = ''] = /^(\{.*\})$/m.exec(ran.err) ?? [];
    expect(JSON.parse(statement)).toEqual({
      Effect: 'Allow',
      Action: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      Resource: ADOPTED,
    });
    expect(wasStored(stage)).toBe(false);
  });
});
