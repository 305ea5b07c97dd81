import { expect, it } from 'vitest';
import { credentialsOf, PASSWORD, TOKEN } from '../component/stage.ts';
import { leaksIn } from '../security/leaks.ts';
import { openDeployedStage, runCli } from './cli-stage.ts';

const COMMAND = `credentials sandbox ${TOKEN}`;

it('stores what comes through a pipe, and tells the verdict', async () => {
  const stage = await openDeployedStage();
  const ran = await runCli(stage.aws, COMMAND, { stdin: credentialsOf(PASSWORD) });
  expect(ran.err).toBe(`Credentials of ${TOKEN} in sandbox, account 000000000000, us-east-1\n`);
  expect(ran.out).toMatch(
    /^Accepted: the credentials of payments-api are in use.\nThe new access token is version 1, valid for \d+ min.\n$/,
  );
  expect(ran.exitCode).toBe(0);
  expect(leaksIn(JSON.stringify(ran), stage.secrets())).toEqual([]);
});
