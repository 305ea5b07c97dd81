import { join } from 'node:path';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { accessTokenParameter, requestQueueName, sessionParameter, stackName } from '../contract/names.ts';
import type { RefreshRequestBody } from '../contract/requests.ts';
import { LOCAL_ACCOUNT } from '../fakes/local-account.ts';
import { assertEmulator, deleteStack, logReader } from './aws/emulator.ts';
import { installMiniStack } from './aws/install-ministack.ts';
import { startMiniStack } from './aws/ministack.ts';
import { clientConfig } from './clean-environment.ts';
import { bootstrap, deploy } from './deploy.ts';
import { reasonOf } from './failure.ts';
import type { LocalAws, Run } from './local-aws.ts';
import { ENVIRONMENT, TOKEN } from './local-environment.ts';
import { CommandFailed } from './processes.ts';
import type { InstalledPythonPackages } from './python-packages.ts';
import { ALL_SIGHTS } from './sights.ts';

const STACK = stackName(ENVIRONMENT);

/** Deploys to a MiniStack of this run's own. @throws {PythonPackagesUnavailable} before anything was started */
export async function deployToMiniStack(run: Run): Promise<LocalAws> {
  const { screen, processes, folder } = run;
  const installed = await install(run);
  screen.status('starting MiniStack');
  const ministack = await startMiniStack({ installed, processes, folder: join(folder, 'ministack') });
  run.logs.emulator = ministack.log;
  screen.line(
    `local AWS       ${ministack.endpoint}, MiniStack ${installed.version}, account ${LOCAL_ACCOUNT}`,
  );
  return deployTo(ministack.endpoint, run);
}

/** Deploys to an emulator that runs already, and takes the stack away again at the end. */
export async function deployToEndpoint(endpoint: string, run: Run): Promise<LocalAws> {
  await assertEmulator(endpoint);
  run.screen.line(`local AWS       ${endpoint}, account ${LOCAL_ACCOUNT}`);
  run.cleanUp.defer(() => takeAway(endpoint, run));
  return deployTo(endpoint, run);
}

function install({ screen, processes, folder, userEnvironment }: Run): Promise<InstalledPythonPackages> {
  screen.status('looking for MiniStack');
  const onInstall = () => screen.line('MiniStack       installing it into node_modules/.cache, this once');
  return installMiniStack({ processes, folder, userEnvironment, onInstall });
}

async function deployTo(endpoint: string, run: Run): Promise<LocalAws> {
  const { screen, processes, sights, tokenApiUrl } = run;
  const options = { processes, endpoint, tokenApiUrl, folder: join(run.folder, 'cdk') };
  screen.status('cdk bootstrap');
  await named('cdk bootstrap', bootstrap(options));
  screen.line('cdk bootstrap   done');
  screen.status('cdk deploy');
  const { outputs } = await named('cdk deploy', deploy(options, STACK));
  screen.line(`cdk deploy      ${STACK}`);
  sights.saw('deploy', `${STACK}, by cdk deploy`);
  await tick(endpoint);
  screen.line('schedule        fires at once on AWS, here after an interval: one request was sent');
  return {
    endpoint,
    shows: ALL_SIGHTS,
    newLogLines: logReader(endpoint, outputs.Log ?? ''),
  };
}

/** On AWS a `rate()` schedule without a start date fires as soon as it exists; MiniStack waits an interval first. */
async function tick(endpoint: string): Promise<void> {
  const sqs = new SQSClient(clientConfig(endpoint));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: requestQueueName(ENVIRONMENT) }));
  const scheduledTime = new Date().toISOString();
  const body: RefreshRequestBody = { token: TOKEN, requestedBy: 'schedule', scheduledTime };
  const message = { QueueUrl, MessageBody: JSON.stringify(body), MessageGroupId: TOKEN };
  await sqs.send(new SendMessageCommand(message));
  sqs.destroy();
}

async function takeAway(endpoint: string, { screen }: Run): Promise<void> {
  screen.status(`deleting ${STACK}`);
  const ssm = new SSMClient(clientConfig(endpoint));
  const Names = [accessTokenParameter(ENVIRONMENT, TOKEN), sessionParameter(ENVIRONMENT, TOKEN)];
  try {
    await deleteStack(endpoint, STACK);
    await ssm.send(new DeleteParametersCommand({ Names }));
    screen.line(`deleted         ${STACK} and its parameters`);
  } catch (error) {
    screen.line(`not deleted     ${STACK}, which is still at ${endpoint}: ${reasonOf(error)}`);
  }
  ssm.destroy();
}

/** Puts the name of what failed before the message. */
async function named<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CommandFailed) error.message = `${name} ${error.message}`;
    throw error;
  }
}
