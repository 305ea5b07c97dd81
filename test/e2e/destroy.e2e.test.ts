import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import { credentialsSecret } from '../../contract/names.ts';
import { startTokenApi } from '../../fakes/token-api/token-api-server.ts';
import { awsEnvironment, clientConfig, toolEnvironment } from '../../local/clean-environment.ts';
import { bootstrap } from '../../local/deploy.ts';
import { createProcesses } from '../../local/processes.ts';
import { withAwsCli } from '../client/aws-cli.ts';
import { copyProject } from './copy-project.ts';
import { parametersOf } from './parameters-of.ts';

const ROOT = join(import.meta.dirname, '../..');
const [ENVIRONMENT, TOKEN] = ['production', 'payments-api'];
const SECRET = credentialsSecret(ENVIRONMENT, TOKEN);
const CREDENTIALS = JSON.stringify({ username: 'user', password: 'password' });
const endpoint = process.env.MINISTACK_ENDPOINT ?? '';

/** A deployment takes some ten seconds, a removal a function timeout more. */
const COMMANDS_SECONDS = 110;

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const DEPLOY = 'npx cdk deploy TokenRefresher-production';
/** The commands of the README, as they stand. */
const REMOVE = /^```sh\n(aws cloudformation update-termination(?:.*\n)+?)```$/m.exec(README)?.[1] ?? '';

/** With no person at the keyboard, who would be asked. */
const unasked = (commands: string): string =>
  commands
    .replace(DEPLOY, '$& --require-approval never')
    .replace(/^npm run destroy -- production$/m, '$& --force');

/** Lines to put back. */
interface Added {
  readonly environment?: string | undefined;
  readonly token?: string | undefined;
}

const environmentsFile = (baseUrl: string, added: Added): string =>
  `export const environments = [{
    name: '${ENVIRONMENT}',
    production: true,
    ${added.environment ?? ''}
    tokens: [{
      name: '${TOKEN}',
      baseUrl: '${baseUrl}',
      ${added.token ?? ''}
    }],
  }];\n`;

it('a production environment is destroyed and deployed again with the lines that were printed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'token-refresher-destroy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const processes = createProcesses(new AbortController().signal);
  onTestFinished(processes.end);
  const api = await startTokenApi({ users: { user: 'password' } });
  onTestFinished(api.close);
  const secrets = new SecretsManagerClient(clientConfig(endpoint));
  const project = join(folder, 'project');
  copyProject(project);
  const writeEnvironments = (added: Added): void =>
    writeFileSync(join(project, 'environments.ts'), environmentsFile(api.baseUrl, added));

  const env = {
    ...toolEnvironment(folder),
    ...awsEnvironment(endpoint),
    ...(await withAwsCli(folder)),
    CI: 'true',
    CDK_APP: 'node test/e2e/destroy-app.ts',
  };
  const run = (commands: string): Promise<string> =>
    processes
      .run({ file: 'bash', args: ['-euc', unasked(commands)], env, cwd: project }, COMMANDS_SECONDS)
      .catch((error: Error & { output?: string }) => expect.fail(`${error.message}\n${error.output}`));
  const parameters = parametersOf(endpoint, ENVIRONMENT);
  const storeCredentials = () =>
    secrets.send(new PutSecretValueCommand({ SecretId: SECRET, SecretString: CREDENTIALS }));

  await bootstrap({ processes, endpoint, tokenApiUrl: api.baseUrl, folder });
  writeEnvironments({});
  await run(DEPLOY);
  await storeCredentials();
  await parameters.becomeThoseOf(TOKEN);
  const before = await secrets.send(new DescribeSecretCommand({ SecretId: SECRET }));

  const printed = await run(REMOVE);
  await parameters.becomeThoseOf();
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: SECRET }))).toMatchObject({
    SecretString: CREDENTIALS,
  });

  const [, ofEnvironment, ofToken] =
    /^production:\n((?: .*\n)+)production, payments-api:\n((?: .*\n)+)/m.exec(printed) ?? [];
  writeEnvironments({ environment: ofEnvironment, token: ofToken });
  await run(DEPLOY);
  expect(await secrets.send(new DescribeSecretCommand({ SecretId: SECRET }))).toMatchObject({
    ARN: before.ARN,
    KmsKeyId: before.KmsKeyId,
  });
  await storeCredentials();
  await parameters.becomeThoseOf(TOKEN);
  expect((await parameters.list()).map(({ KeyId }) => KeyId)).toEqual([before.KmsKeyId, before.KmsKeyId]);
});
