import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it, onTestFinished } from 'vitest';
import { accessTokenParameter, credentialsSecret, sessionParameter, stackName } from '../../lib/contract.ts';
import { deleteStack } from '../../local/aws/emulator.ts';
import { awsEnvironment, clientConfig, toolEnvironment } from '../../local/clean-environment.ts';
import { bootstrap } from '../../local/deploy.ts';
import { createProcesses } from '../../local/processes.ts';
import { startTokenApi } from '../../local/token-api/token-api-server.ts';

const ENVIRONMENT = 'removal';
const PROJECT = join(import.meta.dirname, '../..');
const endpoint = process.env.MINISTACK_ENDPOINT ?? '';

/** A deployment takes a few seconds; a clean-up waits for one function timeout. */
const CDK_SECONDS = 100;
const SEEN_WITHIN_SECONDS = 60;
const POLL_MS = 250;

const parametersOf = (...tokens: string[]): string[] =>
  tokens
    .flatMap((token) => [accessTokenParameter(ENVIRONMENT, token), sessionParameter(ENVIRONMENT, token)])
    .sort();

it('after each change of a stack, exactly the parameters exist that should', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-removal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const processes = createProcesses(new AbortController().signal);
  onTestFinished(processes.end);
  const api = await startTokenApi({ users: { user: 'password' } });
  onTestFinished(api.close);
  const ssm = new SSMClient(clientConfig(endpoint));
  const secrets = new SecretsManagerClient(clientConfig(endpoint));

  const parameters = async (): Promise<string[]> => {
    const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({}));
    return Parameters.map(({ Name = '' }) => Name)
      .filter((name) => name.startsWith(`/token-refresher/${ENVIRONMENT}/`))
      .sort();
  };
  const seen = async (expected: readonly string[]): Promise<void> => {
    const deadline = Date.now() + SEEN_WITHIN_SECONDS * 1000;
    while (Date.now() < deadline && String(await parameters()) !== String(expected)) await sleep(POLL_MS);
    expect(await parameters()).toEqual(expected);
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
  await deploy('Refresher', 'kept-api', 'removed-api');
  expect(await parameters()).toEqual([]);

  for (const token of ['kept-api', 'removed-api']) {
    const SecretString = JSON.stringify({ username: 'user', password: 'password' });
    await secrets.send(
      new PutSecretValueCommand({ SecretId: credentialsSecret(ENVIRONMENT, token), SecretString }),
    );
  }
  await seen(parametersOf('kept-api', 'removed-api'));

  await deploy('Renamed', 'kept-api', 'removed-api');
  expect(await parameters()).toEqual(parametersOf('kept-api', 'removed-api'));

  await deploy('Renamed', 'kept-api');
  expect(await parameters()).toEqual(parametersOf('kept-api'));

  await deleteStack(endpoint, stackName(ENVIRONMENT));
  await seen([]);
});
