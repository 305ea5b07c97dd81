import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTION_ENV } from '../../contract/function-settings.ts';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import { sqsRecord } from '../../fakes/memory-aws/sqs-record.ts';
import { bundleFunction } from '../../lib/functions/function-code.ts';
import { awsEnvironment, toolEnvironment } from '../../local/clean-environment.ts';
import { startFunction } from '../../local/function-process.ts';
import { createProcesses } from '../../local/processes.ts';
import { configOf, receiveOf, type Stage, type StageOptions, TOKEN } from '../component/stage.ts';

/** The bundled function of a stage, in a process of its own. */
export interface FunctionProcess {
  /** Sends a message, in the group of its token unless told otherwise, and lets the function handle it, as the so-manieth receive. */
  handle(message?: Partial<RefreshRequestBody> | string, groupId?: string, receives?: number): Promise<void>;
  /** Ends the process; answers all that it has written to stdout and stderr. */
  end(): Promise<string>;
}

export async function startFunctionOf(
  stage: Stage,
  described: Omit<StageOptions, 'tokenApi'> = {},
): Promise<FunctionProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'token-refresher-leak-'));
  const processes = createProcesses(new AbortController().signal);
  const { keyArn, queueUrl, deadLetterQueueUrl, ...settings } = configOf(stage, described);
  bundleFunction(folder, settings);
  const env = {
    ...toolEnvironment(folder),
    ...awsEnvironment(stage.aws.endpoint),
    [FUNCTION_ENV.keyArn]: keyArn,
    [FUNCTION_ENV.queueUrl]: queueUrl,
    [FUNCTION_ENV.deadLetterQueueUrl]: deadLetterQueueUrl,
    // Chatty settings must not make it talk.
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    POWERTOOLS_LOGGER_LOG_EVENT: 'true',
  };
  const lambda = await startFunction({ processes, code: folder, env });
  return {
    async handle(message = {}, groupId = TOKEN, receives = 1) {
      const body =
        typeof message === 'string'
          ? message
          : JSON.stringify({ token: TOKEN, requestedBy: 'operator', ...message });
      stage.queue.send({ body, groupId, deduplicationId: crypto.randomUUID() });
      const received = receiveOf(stage.queue, groupId);
      const record = sqsRecord(received, stage.queue.arn);
      record.attributes.ApproximateReceiveCount = String(receives);
      await lambda.invoke({ Records: [record] }).catch(() => {});
      stage.queue.delete(received.receiptHandle);
    },
    async end() {
      await processes.end();
      const lines = lambda.newLogLines();
      rmSync(folder, { recursive: true, force: true });
      return lines.join('\n');
    },
  };
}
