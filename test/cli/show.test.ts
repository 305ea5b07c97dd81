import { describe, expect, it } from 'vitest';
import { TOKEN } from '../component/stage.ts';
import { openDeployedStage, runCli } from './cli-stage.ts';
import { readable, runAtTerminal } from './terminal.ts';

const LINE = `show sandbox ${TOKEN}`;

describe('show', () => {
  it('prints the token alone for a pipe', async () => {
    const stage = await openDeployedStage({ hasToken: true });
    expect(await runCli(stage.aws, `${LINE} --plain`)).toEqual({
      exitCode: 0,
      out: `${stage.accessToken()}\n`,
      err: '',
    });
    const { out } = await runCli(stage.aws, `${LINE} --plain --json`);
    expect(JSON.parse(out)).toEqual({ environment: 'sandbox', token: TOKEN, value: stage.accessToken() });
  });

  it('does not print it where nobody can be asked', async () => {
    const { aws } = await openDeployedStage({ hasToken: true });
    expect(await runCli(aws, LINE)).toEqual({
      exitCode: 2,
      out: '',
      err: 'Nobody can be asked here.\nFor a pipe: --plain.\n',
    });
  });

  it.each([
    ['y', 0],
    ['n', 1],
    ['\u0003', 130],
  ])('asks at a terminal: %j', async (typed, exitCode) => {
    const stage = await openDeployedStage({ hasToken: true });
    const asked = [[`Show the access token of ${TOKEN} here? [y/N]`, typed]] as const;
    const ran = await runAtTerminal(stage.aws, LINE, asked);
    expect(ran.exitCode).toBe(exitCode);
    expect(readable(ran.screen).includes(stage.accessToken() ?? '')).toBe(exitCode === 0);
  });

  it('says that there is none yet', async () => {
    const { aws } = await openDeployedStage();
    expect(await runCli(aws, `${LINE} --plain`)).toEqual({
      exitCode: 1,
      out: '',
      err: `There is no access token of ${TOKEN} yet.\nWhy: npm run tokens -- why sandbox ${TOKEN}\n`,
    });
  });

  it('of an unknown token names the nearest', async () => {
    const { aws } = await openDeployedStage();
    const { err, exitCode } = await runCli(aws, 'show sandbox payment-api --plain');
    expect(err).toContain(`Did you mean ${TOKEN}?`);
    expect(exitCode).toBe(2);
  });
});
