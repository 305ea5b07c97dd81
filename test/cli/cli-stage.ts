import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { run } from '../../cli/run.ts';
import type { Output, World } from '../../cli/world.ts';
import { stackName } from '../../contract/names.ts';
import {
  type DeployedEnvironment,
  type DeployedToken,
  ENVIRONMENT_OUTPUT,
  TOKEN_OUTPUT,
} from '../../contract/outputs.ts';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import { EventSourceMapping } from '../../fakes/memory-aws/event-source-mapping.ts';
import type { MemoryAws } from '../../fakes/memory-aws/server.ts';
import { openStage, SECRET, type Stage, type StageOptions, TOKEN } from '../component/stage.ts';

export const LOG = '/aws/lambda/refresher';
export const POLICY = 'arn:aws:iam::000000000000:policy/token-refresher/sandbox/operators';

/** What a command line wrote and answered. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** What comes through the pipe. Default: nothing. */
  readonly stdin?: string;
  /** Columns of a terminal that both outputs are. Default: they are pipes. */
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly now?: () => number;
  /** Without the option that names the AWS in memory. */
  readonly isElsewhere?: true;
}

/** Runs the command line in this process, against the AWS in memory, which it takes for AWS. */
export async function runCli(aws: MemoryAws, line: string, options: RunOptions = {}): Promise<Ran> {
  const stdin = new PassThrough();
  stdin.end(options.stdin ?? '');
  const out = capture(options.columns);
  const err = capture(options.columns);
  const world: World = {
    env: { npm_lifecycle_event: 'tokens', ...options.env },
    stdin,
    stdout: out.output,
    stderr: err.output,
    now: options.now ?? Date.now,
    sleep: () => new Promise((resolve) => setTimeout(resolve, 20)),
    clientSettings: {
      endpoint: aws.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
  };
  const exitCode = await run(line.split(' '), world);
  return { exitCode, out: out.text(), err: err.text() };
}

function capture(columns: number | undefined): { output: Output; text: () => string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  const output = columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns });
  return { output, text: () => Buffer.concat(chunks).toString() };
}

/** What a stack of that environment has as outputs. */
export function deploy(
  aws: MemoryAws,
  tokens: readonly (Partial<DeployedToken> & { token: string })[],
  environment = 'sandbox',
  stack = stackName(environment),
): void {
  const parts: DeployedEnvironment = {
    environment,
    requests: aws.queues.url('requests.fifo'),
    deadLetters: aws.queues.url('dead-letters.fifo'),
    log: LOG,
    alarmTopic: 'arn:aws:sns:us-east-1:000000000000:alarms',
    operatorsPolicy: POLICY,
  };
  aws.logs.put(LOG);
  aws.stacks.put(stack, [
    { description: 'Something else', value: 'x' },
    {
      description: `${ENVIRONMENT_OUTPUT}${environment}, for the command line`,
      value: JSON.stringify(parts),
    },
    ...tokens.map((token) => ({
      description: `${TOKEN_OUTPUT}${token.token}: the secret`,
      value: JSON.stringify({
        environment,
        secret: `token-refresher/${environment}/${token.token}/credentials`,
        fields: ['username', 'password'],
        ...token,
      }),
    })),
  ]);
}

/** A stage whose stack is deployed: the refresher runs by itself, asked by the queue and by new credentials. */
export async function openDeployedStage({
  hasToken = false,
  ...options
}: StageOptions & { readonly hasToken?: boolean } = {}): Promise<Stage> {
  let log = (_: object): void => {};
  const stage = await openStage({ ...options, onLine: (line) => log(line) });
  const { aws, queue } = stage;
  if (hasToken) stage.startWithToken();
  deploy(aws, [{ token: TOKEN, secret: SECRET }]);
  log = (line) => logLine(aws, line);
  const mapping = new EventSourceMapping({
    queue,
    handler: (event) => stage.handler(event),
  });
  mapping.start();
  aws.secrets.onLabelUpdated(({ labelUpdated, versionId }) => {
    if (labelUpdated !== 'AWSCURRENT') return;
    const body: RefreshRequestBody = { token: TOKEN, requestedBy: 'credentials', versionId };
    queue.send({ body: JSON.stringify(body), groupId: TOKEN });
  });
  onTestFinished(async () => {
    await mapping.stop();
    await stage.close();
  });
  return stage;
}

/** As the function logs it. */
export function logLine(aws: MemoryAws, fields: object, at = Date.now()): void {
  const line = {
    level: 'INFO',
    timestamp: new Date(at).toISOString(),
    service: 'token-refresher',
    ...fields,
  };
  aws.logs.put(LOG, { timestamp: at, message: JSON.stringify(line) });
}
