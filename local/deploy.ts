import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../fakes/local-account.ts';
import { awsEnvironment, toolEnvironment } from './clean-environment.ts';
import { TOKEN_API_URL_VARIABLE } from './local-environment.ts';
import type { Command, Processes } from './processes.ts';

const PROJECT = join(import.meta.dirname, '..');
const CDK_CLI = join(PROJECT, 'node_modules/aws-cdk/bin/cdk');

/** Each of the two CDK commands takes seconds on an idle machine. */
const CDK_SECONDS = 120;

/** What keeps the CLI from talking to anyone but the emulator. */
const QUIET = ['--no-notices', '--no-version-reporting', '--no-color'];

export interface DeployOptions {
  readonly processes: Processes;
  readonly endpoint: string;
  readonly tokenApiUrl: string;
  /** Folder for the CLI's home, cache and cloud assembly. */
  readonly folder: string;
}

/** `cdk bootstrap`, as in a new account. */
export async function bootstrap(options: DeployOptions): Promise<void> {
  // Run outside the project: inside it the CLI would synthesize the app first, for nothing.
  const command = await cdk(options, ['bootstrap', `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`]);
  await options.processes.run({ ...command, cwd: options.folder }, CDK_SECONDS);
}

export interface Deployment {
  /** Outputs of the stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the CLI wrote. */
  readonly printed: string;
}

/** `cdk deploy` of the app of the local run. */
export async function deploy(options: DeployOptions, stackName: string): Promise<Deployment> {
  const outputsFile = join(options.folder, 'outputs.json');
  const files = ['--output', join(options.folder, 'cdk.out'), '--outputs-file', outputsFile];
  const app = ['--app', 'node local/app.ts', stackName, '--require-approval', 'never'];
  const command = await cdk(options, ['deploy', ...app, ...files]);
  const printed = await options.processes.run(command, CDK_SECONDS);
  const outputs: Record<string, Deployment['outputs']> = JSON.parse(await readFile(outputsFile, 'utf8'));
  return { outputs: outputs[stackName] ?? {}, printed };
}

async function cdk(options: DeployOptions, args: readonly string[]): Promise<Command> {
  await mkdir(options.folder, { recursive: true });
  return {
    file: process.execPath,
    args: [CDK_CLI, ...args, ...QUIET],
    env: {
      ...toolEnvironment(options.folder),
      ...awsEnvironment(options.endpoint),
      [TOKEN_API_URL_VARIABLE]: options.tokenApiUrl,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
    },
    cwd: PROJECT,
  };
}
