import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startTokenApi } from '../../fakes/token-api/token-api-server.ts';
import { awsEnvironment, toolEnvironment } from '../../local/clean-environment.ts';
import { bootstrap } from '../../local/deploy.ts';
import { createProcesses } from '../../local/processes.ts';
import { atTerminal, type Dialogue, readable } from '../cli/terminal.ts';
import { leaksIn, markedSecret } from '../security/leaks.ts';
import { copyProject } from './copy-project.ts';

const endpoint = process.env.MINISTACK_ENDPOINT ?? '';
const [FIRST, SECOND] = ['payments-api', 'orders-api'];
const RIGHT = markedSecret();
const WRONG = markedSecret();

const typed = (password: string): Dialogue => [
  ['username (not shown): ', 'user\r'],
  ['password (not shown): ', `${password}\r`],
];

it('two tokens are deployed, given credentials, looked at, rotated by mistake, restored, refreshed and explained', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-commands-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const processes = createProcesses(new AbortController().signal);
  onTestFinished(processes.end);
  const api = await startTokenApi({ users: { user: RIGHT } });
  onTestFinished(api.close);
  const project = join(folder, 'project');
  copyProject(project);
  const tokens = [FIRST, SECOND].map((name) => `{ name: '${name}', baseUrl: '${api.baseUrl}' }`);
  const settings = `{ name: 'walk', alarmEmail: 'team@example.com', tokens: [${tokens.join(', ')}] }`;
  writeFileSync(join(project, 'environments.ts'), `export const environments = [${settings}];\n`);
  const env = {
    ...toolEnvironment(folder),
    ...awsEnvironment(endpoint),
    CI: 'true',
    CDK_APP: 'node test/e2e/destroy-app.ts',
  };
  const screens: string[] = [];
  const tokensCommand = async (line: string, dialogue: Dialogue = []) => {
    const argv = ['npm', 'run', 'tokens', '--', ...line.split(' ')];
    const { screen, exitCode } = await atTerminal(
      argv,
      dialogue,
      { ...env, TERM: 'xterm-256color' },
      project,
    );
    screens.push(screen);
    return { text: readable(screen).replaceAll(/\s+/g, ' '), exitCode };
  };

  await bootstrap({ processes, endpoint, tokenApiUrl: api.baseUrl, folder });
  const deploy = {
    file: 'npx',
    args: ['cdk', 'deploy', 'TokenRefresher-walk', '--require-approval', 'never'],
  };
  await processes.run({ ...deploy, env, cwd: project }, 120);

  for (const token of [FIRST, SECOND]) {
    const stored = await tokensCommand(`credentials walk ${token}`, typed(RIGHT));
    expect(stored.text).toContain(`Accepted: the credentials of ${token} are in use.`);
    expect(stored.exitCode).toBe(0);
  }
  const before = await tokensCommand('status walk');
  expect(before.text).toMatch(
    /orders-api .* login .* payments-api .* login|payments-api .* login .* orders-api .* login/,
  );
  expect(before.exitCode).toBe(0);

  const wrong = await tokensCommand(`credentials walk ${FIRST}`, [...typed(WRONG), ['[Y/n]', '\r']]);
  expect(wrong.text).toContain('Refused: the token API refuses the credentials (HTTP 401).');
  expect(wrong.text).toContain('Restored: the previous credentials are the current ones again.');
  const refreshed = await tokensCommand(`refresh walk ${SECOND}`);
  expect(refreshed).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/orders-api: (refreshed|nothing|put off)/),
  });
  const why = await tokensCommand(`why walk ${FIRST}`);
  expect(why.text).toMatch(/refreshed by login.*What to do:/);

  // The settings are for a local AWS, which environments.ts cannot say.
  const checked = await tokensCommand('check walk --environments none');
  for (const line of [
    `ok ${FIRST}: credentials are stored`,
    `ok ${SECOND}: its schedule is enabled`,
    `ok ${SECOND}: a token is stored, valid for`,
    'ok the queue is connected to the function',
    'ok there are no dead letters',
    'team@example.com',
  ]) {
    expect(checked.text).toContain(line);
  }
  expect(leaksIn(screens.join('\n'), [RIGHT, WRONG])).toEqual([]);
});
