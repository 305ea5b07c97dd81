import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import { credentialsSecret, stackName } from '../../contract/names.ts';
import { startTokenApi } from '../../fakes/token-api/token-api-server.ts';
import { deleteStack, queryCall } from '../../local/aws/emulator.ts';
import { awsEnvironment, clientConfig, toolEnvironment } from '../../local/clean-environment.ts';
import { bootstrap } from '../../local/deploy.ts';
import { createProcesses } from '../../local/processes.ts';
import { parametersOf, until } from './parameters-of.ts';

const ENVIRONMENT = 'removal';
const PROJECT = join(import.meta.dirname, '../..');
const endpoint = process.env.MINISTACK_ENDPOINT ?? '';

/** Some 320 bytes: an answer of three seconds, of the five that the refresher waits for one. */
const MS_PER_BYTE = 10;

/** A deployment takes a few seconds; a clean-up waits for one function timeout. */
const CDK_SECONDS = 100;

/** What CloudFormation answers, asked by name about a stack that does not exist. */
const GONE = 'HTTP 400';

/** A local AWS with a token API, where an app of one's own is deployed. */
async function openStage() {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-removal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const processes = createProcesses(new AbortController().signal);
  onTestFinished(processes.end);
  let calls = 0;
  const onCall = () => {
    calls++;
  };
  const api = await startTokenApi({ users: { user: 'password' }, onCall });
  onTestFinished(api.close);
  const secrets = new SecretsManagerClient(clientConfig(endpoint));

  const storeCredentials = async (token: string): Promise<void> => {
    const SecretString = JSON.stringify({ username: 'user', password: 'password' });
    await secrets.send(
      new PutSecretValueCommand({ SecretId: credentialsSecret(ENVIRONMENT, token), SecretString }),
    );
  };
  const stackStatus = async (): Promise<string> => {
    const query = { Action: 'DescribeStacks', Version: '2010-05-15', StackName: stackName(ENVIRONMENT) };
    const answer = await queryCall(endpoint, 'cloudformation', query).catch((error: Error) => error.message);
    return /<StackStatus>(\w+)/.exec(answer)?.[1] ?? answer;
  };
  const deploy = async (constructId: string, ...tokens: string[]): Promise<void> => {
    const args = [
      join(PROJECT, 'node_modules/aws-cdk/bin/cdk'),
      ...['deploy', '--app', 'node test/e2e/removal-app.ts', '--require-approval', 'never'],
      ...['--output', join(folder, 'cdk.out'), '--no-notices', '--no-version-reporting', '--no-color'],
    ];
    const env = {
      ...toolEnvironment(folder),
      ...awsEnvironment(endpoint),
      REMOVAL_CONSTRUCT_ID: constructId,
      REMOVAL_TOKENS: tokens.join(','),
      REMOVAL_TOKEN_API_URL: api.baseUrl,
      CI: 'true',
    };
    await processes
      .run({ file: process.execPath, args, env, cwd: PROJECT }, CDK_SECONDS)
      .catch((error: Error & { output?: string }) => expect.fail(`${error.message}\n${error.output}`));
  };

  await bootstrap({ processes, endpoint, tokenApiUrl: api.baseUrl, folder });
  return {
    api,
    calls: () => calls,
    deploy,
    parameters: parametersOf(endpoint, ENVIRONMENT),
    remove: async () => {
      await deleteStack(endpoint, stackName(ENVIRONMENT));
      await until(async () => (await stackStatus()) === GONE);
      expect(await stackStatus()).toBe(GONE);
    },
    storeCredentials,
  };
}

it('after a token or the stack is removed, exactly the parameters exist that should', async () => {
  const stage = await openStage();
  await stage.deploy('Refresher', 'kept-api', 'removed-api');
  await stage.parameters.areThoseOf();

  for (const token of ['kept-api', 'removed-api']) await stage.storeCredentials(token);
  await stage.parameters.becomeThoseOf('kept-api', 'removed-api');

  await stage.deploy('Refresher', 'kept-api');
  await stage.parameters.areThoseOf('kept-api');

  // A run is under way when the stack is removed, and writes after the first deletion.
  stage.api.faults.add('login', { kind: 'trickle', millisecondsPerByte: MS_PER_BYTE });
  const callsBefore = stage.calls();
  await stage.storeCredentials('kept-api');
  await until(() => stage.calls() > callsBefore);
  expect(stage.calls()).toBe(callsBefore + 1);
  await stage.remove();
  await stage.parameters.areThoseOf();
});

it('a rename of constructs, which AWS refuses and MiniStack does not, deletes no tokens', async () => {
  const stage = await openStage();
  await stage.deploy('Refresher', 'kept-api');
  await stage.storeCredentials('kept-api');
  await stage.parameters.becomeThoseOf('kept-api');

  await stage.deploy('Renamed', 'kept-api');
  await stage.parameters.areThoseOf('kept-api');
  await stage.remove();
  await stage.parameters.areThoseOf();
});
