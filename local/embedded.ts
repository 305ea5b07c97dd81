/** The local run without an emulator: the deployed function's code against a small in-memory AWS, nothing deployed. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FUNCTION_ENV,
  type FunctionSettings,
  SETTINGS_FORMAT_VERSION,
} from '../contract/function-settings.ts';
import { credentialsSecret, requestQueueName } from '../contract/names.ts';
import type { RefreshRequestBody } from '../contract/requests.ts';
import { SECOND } from '../contract/times.ts';
import { defaultTokenApi } from '../contract/token-api.ts';
import { EventSourceMapping } from '../fakes/memory-aws/event-source-mapping.ts';
import type { FifoQueue } from '../fakes/memory-aws/fifo-queue.ts';
import { requestQueueOptions } from '../fakes/memory-aws/request-queue.ts';
import { type MemoryAws, startMemoryAws } from '../fakes/memory-aws/server.ts';
import { bundleFunction } from '../lib/functions/function-code.ts';
import { awsEnvironment, toolEnvironment } from './clean-environment.ts';
import { startFunction } from './function-process.ts';
import type { LocalAws, Run } from './local-aws.ts';
import { ENVIRONMENT, TIMES, TOKEN } from './local-environment.ts';
import { ALL_SIGHTS } from './sights.ts';

/** Does by hand what the stack does: queues, secret, function, event source mapping, rule and schedule. */
export async function startEmbedded(run: Run): Promise<LocalAws> {
  const { screen, cleanUp } = run;
  screen.status('starting the embedded form');
  const aws = await startMemoryAws();
  cleanUp.defer(aws.close);
  const { requests, environment } = createQueues(aws);
  aws.secrets.createSecret({ Name: credentialsSecret(ENVIRONMENT, TOKEN) });
  const refresher = await startRefresher(run, { ...awsEnvironment(aws.endpoint), ...environment });

  const mapping = new EventSourceMapping({ queue: requests, handler: refresher.invoke });
  mapping.start();
  // Not awaited: a run under way ends with the function's process, which is ended next.
  cleanUp.defer(() => void mapping.stop());
  askForRefreshes(aws, requests, run);

  screen.line(`local AWS       ${aws.endpoint}, in memory: parameters, secrets and queues only`);
  screen.line(
    'not shown       cdk bootstrap and cdk deploy: this embedded form runs the function without them',
  );
  return {
    endpoint: aws.endpoint,
    shows: ALL_SIGHTS.filter((sight) => sight !== 'deploy'),
    newLogLines: async () => refresher.newLogLines(),
  };
}

function createQueues({ queues }: MemoryAws) {
  const name = requestQueueName(ENVIRONMENT);
  const deadLettersName = `dead-letters-of-${name}`;
  const deadLetters = queues.create(deadLettersName, { contentBasedDeduplication: true });
  const requests = queues.create(name, requestQueueOptions(deadLetters));
  const environment = {
    [FUNCTION_ENV.queueUrl]: queues.url(name),
    [FUNCTION_ENV.deadLetterQueueUrl]: queues.url(deadLettersName),
  };
  return { requests, environment };
}

async function startRefresher(
  { processes, folder, tokenApiUrl }: Run,
  env: Readonly<Record<string, string>>,
) {
  const settings: FunctionSettings = {
    formatVersion: SETTINGS_FORMAT_VERSION,
    environment: ENVIRONMENT,
    tokens: {
      [TOKEN]: {
        api: defaultTokenApi(tokenApiUrl),
        credentialsSecretId: credentialsSecret(ENVIRONMENT, TOKEN),
        ...TIMES,
      },
    },
  };
  const code = join(folder, 'function');
  await mkdir(code);
  bundleFunction(code, settings);
  return startFunction({ processes, code, env: { ...toolEnvironment(folder), ...env } });
}

/** The stack's rule on new credentials, and its schedule, which fires as soon as it exists. */
function askForRefreshes({ secrets }: MemoryAws, requests: FifoQueue, { cleanUp }: Run): void {
  const ask = (body: RefreshRequestBody) => requests.send({ body: JSON.stringify(body), groupId: TOKEN });
  secrets.onLabelUpdated(({ labelUpdated, versionId }) => {
    if (labelUpdated === 'AWSCURRENT') ask({ token: TOKEN, requestedBy: 'credentials', versionId });
  });
  const tick = () => {
    const scheduledTime = new Date().toISOString();
    ask({ token: TOKEN, requestedBy: 'schedule', scheduledTime, executionId: randomUUID() });
  };
  tick();
  const schedule = setInterval(tick, TIMES.intervalSeconds * SECOND);
  cleanUp.defer(() => clearInterval(schedule));
}
