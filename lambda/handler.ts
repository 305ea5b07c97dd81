import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { clientSettings } from './aws.ts';
import { systemClock } from './clock.ts';
import { secretsManagerStore } from './credentials.ts';
import { postJson } from './http.ts';
import { ssmStore } from './parameters.ts';
import { powertoolsSink } from './powertools.ts';
import { type ProcessDeps, processRecord } from './process-record.ts';
import { sqsQueue } from './queue.ts';
import type { RefreshDeps } from './refresh.ts';
import { readConfig } from './settings.ts';
import { stateStore } from './state.ts';
import { telemetry } from './telemetry.ts';
import { passwordTokenApi } from './token-api.ts';

const config = readConfig(process.env, import.meta.url);
const parameters = ssmStore(new SSMClient(clientSettings), config.keyArn);
const credentials = secretsManagerStore(new SecretsManagerClient(clientSettings));
const clock = systemClock;
const depsOfTokens = new Map<string, RefreshDeps>();

const deps: ProcessDeps = {
  settings: config,
  refreshDeps(token, settings) {
    const { environment } = config;
    const known = depsOfTokens.get(token) ?? {
      settings,
      states: stateStore({ environment, token, settings, parameters, credentials, clock }),
      credentials,
      tokenApi: passwordTokenApi(settings.baseUrl, { post: postJson, clock }),
      clock,
    };
    depsOfTokens.set(token, known);
    return known;
  },
  queue: sqsQueue(config),
  telemetry: telemetry(config.environment, powertoolsSink()),
  clock,
};

/**
 * Lambda entry. A message that needs another attempt is reported as a batch item failure, so that function errors
 * stay what they are: defects. On a FIFO queue everything after the first such message goes back too.
 */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  for (const [index, record] of Records.entries()) {
    if ((await processRecord(record, deps)) === 'again') {
      return {
        batchItemFailures: Records.slice(index).map(({ messageId }) => ({ itemIdentifier: messageId })),
      };
    }
  }
  return { batchItemFailures: [] };
}
