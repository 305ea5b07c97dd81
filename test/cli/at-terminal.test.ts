import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PASSWORD, SECRET, TOKEN, USERNAME } from '../component/stage.ts';
import { leaksIn, markedSecret } from '../security/leaks.ts';
import { openDeployedStage } from './cli-stage.ts';
import { readable, runAtTerminal } from './terminal.ts';

const COMMAND = `credentials sandbox ${TOKEN}`;
const ASKS_USERNAME = 'username (not shown): ';
const ASKS_PASSWORD = 'password (not shown): ';

describe('credentials at a terminal', () => {
  it('asks for each field and shows nothing of it, not even its length', async () => {
    const stage = await openDeployedStage();
    const { screen, exitCode } = await runAtTerminal(stage.aws, COMMAND, [
      [ASKS_USERNAME, `${USERNAME}\r`],
      [ASKS_PASSWORD, `${PASSWORD}\r`],
    ]);
    expect(readable(screen).replace(/\d+ min/, '… min')).toBe(
      [
        `Endpoint ${stage.aws.endpoint} instead of AWS, account 000000000000`,
        'Credentials of payments-api in sandbox, account 000000000000, us-east-1',
        ASKS_USERNAME,
        ASKS_PASSWORD,
        'Accepted: the credentials of payments-api are in use.',
        'The new access token is version 1, valid for … min.',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
    expect(leaksIn(screen, [...stage.secrets(), USERNAME])).toEqual([]);
  });

  it('leaves nothing in the process list, in temporary files or in the home folder', async () => {
    const stage = await openDeployedStage();
    const folder = mkdtempSync(join(tmpdir(), 'token-refresher-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const dialogue = [
      [ASKS_USERNAME, `${USERNAME}\r`],
      [ASKS_PASSWORD, `${PASSWORD}\r`],
    ] as const;
    const env = { TMPDIR: folder, HOME: folder, NODE_COMPILE_CACHE: '' };
    const { processes, exitCode } = await runAtTerminal(stage.aws, COMMAND, dialogue, env);
    expect(exitCode).toBe(0);
    expect(processes).toContain(`cli/main.ts ${COMMAND}`);
    expect(leaksIn(processes, [PASSWORD])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('shows nothing of what is pasted in one go', async () => {
    const stage = await openDeployedStage();
    const { screen, exitCode } = await runAtTerminal(stage.aws, COMMAND, [
      [ASKS_USERNAME, `${USERNAME}\r${PASSWORD}\r`],
      [ASKS_PASSWORD, '\u0003'],
    ]);
    expect(exitCode).toBe(130);
    expect(leaksIn(screen, [PASSWORD, USERNAME])).toEqual([]);
  });

  it('refuses an empty value and PEM, and asks again', async () => {
    const stage = await openDeployedStage();
    const { screen } = await runAtTerminal(stage.aws, COMMAND, [
      [ASKS_USERNAME, '\r'],
      ['It is empty.', '-----BEGIN PRIVATE KEY-----\r'],
      ['--file <field>=<path>.', '\u0003'],
    ]);
    expect(screen).toContain('PEM has several lines: end this by Ctrl-C, and use --file <field>=<path>.\r\n');
    expect(screen).not.toContain('BEGIN');
  });

  it.each([
    ['the first question', [[ASKS_USERNAME, '\u0003']]],
    [
      'the last question',
      [
        [ASKS_USERNAME, `${USERNAME}\r`],
        [ASKS_PASSWORD, `${PASSWORD.slice(0, 12)}\u0003`],
      ],
    ],
    [
      'the question about white space',
      [
        [ASKS_USERNAME, `${USERNAME} \r`],
        ['[y/N]', '\u0003'],
      ],
    ],
  ] as const)('Ctrl-C at %s stores nothing', async (_, dialogue) => {
    const stage = await openDeployedStage();
    const { screen, exitCode } = await runAtTerminal(stage.aws, COMMAND, dialogue);
    expect(readable(screen)).toContain('\nInterrupted: nothing was stored.\n');
    expect(exitCode).toBe(130);
    expect(stage.aws.requests.some(({ operation }) => operation === 'PutSecretValue')).toBe(false);
    expect(leaksIn(screen, [PASSWORD, USERNAME])).toEqual([]);
  });

  it('restores the previous ones after a refusal, if that is wanted', async () => {
    const stage = await openDeployedStage();
    const wrong = markedSecret();
    stage.storeCredentials(JSON.stringify({ username: USERNAME, password: PASSWORD }));
    const { screen, exitCode } = await runAtTerminal(stage.aws, COMMAND, [
      [ASKS_USERNAME, `${USERNAME}\r`],
      [ASKS_PASSWORD, `${wrong} \r`],
      ['[y/N]', 'n'],
      ['[Y/n]', '\r'],
    ]);
    expect(readable(screen)).toContain(
      'Restore the previous credentials? yes \nRestored: the previous credentials are the current ones again.',
    );
    expect(exitCode).toBe(1);
    const { SecretString = '' } = stage.aws.secrets.getSecretValue({ SecretId: SECRET });
    expect(JSON.parse(SecretString)).toMatchObject({ password: PASSWORD });
    expect(leaksIn(screen, [wrong, PASSWORD])).toEqual([]);
  });

  it('Ctrl-C while it waits says that they are stored', async () => {
    const stage = await openDeployedStage();
    stage.api.faults.add('login', { kind: 'answer', status: 503, body: '' }, 9);
    const { screen, exitCode } = await runAtTerminal(stage.aws, COMMAND, [
      [ASKS_USERNAME, `${USERNAME}\r`],
      [ASKS_PASSWORD, `${PASSWORD}\r`],
      ['no verdict yet', '\u0003'],
    ]);
    expect(readable(screen)).toContain(
      'The credentials are stored. What became of them: npm run tokens -- why',
    );
    expect(exitCode).toBe(130);
  });
});

it('status --watch looks again until Ctrl-C', async () => {
  const stage = await openDeployedStage({ hasToken: true });
  const { screen, exitCode } = await runAtTerminal(stage.aws, 'status sandbox --watch', [
    ['Ctrl-C ends it', '\u0003'],
  ]);
  expect(exitCode).toBe(130);
  expect(screen).toContain('\u001b[2J\u001b[H');
});

it('80 columns are not exceeded but by commands to copy, and no word is broken', async () => {
  const stage = await openDeployedStage();
  stage.storeCredentials(JSON.stringify({ username: USERNAME, password: 'wrong' }));
  const looked = await Promise.all(
    [`why sandbox ${TOKEN}`, `refresh sandbox ${TOKEN}`, 'status sandbox', '--help', 'why --help'].map(
      (line) => runAtTerminal(stage.aws, line, []),
    ),
  );
  const lines = looked.flatMap(({ screen }) => readable(screen).split('\n'));
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => line.length > 80 && !line.includes('npm run tokens --'))).toEqual([]);
});
