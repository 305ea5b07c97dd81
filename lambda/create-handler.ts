import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../contract/clock.ts';
import { secretsManagerStore } from './aws/credentials.ts';
import { ssmStore } from './aws/parameters.ts';
import { sqsQueue } from './aws/queue.ts';
import { clientSettings } from './aws/sdk.ts';
import { stateStore } from './aws/state.ts';
import type { FunctionConfig } from './function-config.ts';
import { type ProcessDeps, processRecord } from './refresh/process-record.ts';
import type { RefreshDeps } from './refresh/refresh.ts';
import { powertoolsSink } from './telemetry/powertools.ts';
import { type Sink, telemetry } from './telemetry/telemetry.ts';
import { certificatesOf } from './token-api/certificates.ts';
import { postJson } from './token-api/http.ts';
import { passwordTokenApi } from './token-api/token-api.ts';

export type Handler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** What a test or an emulator replaces. */
export interface Edges {
  /** Settings of the SDK clients beside ours, such as an endpoint. Default: as the environment says. */
  readonly clients?: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Where log lines and metrics go. Default: standard output, by Powertools. */
  readonly sink?: Sink;
}

/**
 * Makes the function's handler, with SDK clients and memory of its own.
 *
 * A message that needs another attempt is reported as a batch item failure, so that function errors stay what they
 * are: defects. On a FIFO queue everything after the first such message goes back too.
 */
export function createHandler(config: FunctionConfig, edges: Edges = {}): Handler {
  const deps = realDeps(config, edges);
  return async ({ Records }) => {
    for (const [index, record] of Records.entries()) {
      if ((await processRecord(record, deps)) === 'again') {
        return {
          batchItemFailures: Records.slice(index).map(({ messageId }) => ({ itemIdentifier: messageId })),
        };
      }
    }
    return { batchItemFailures: [] };
  };
}

function realDeps(config: FunctionConfig, { clients, sink = powertoolsSink() }: Edges): ProcessDeps {
  const { environment } = config;
  const settings = { ...clientSettings, ...clients };
  const clock = systemClock;
  const parameters = ssmStore(new SSMClient(settings), config.keyArn);
  const credentials = secretsManagerStore(new SecretsManagerClient(settings));
  const depsByToken = new Map<string, RefreshDeps>();
  return {
    settings: config,
    clock,
    queue: sqsQueue(config, settings),
    telemetry: telemetry(environment, sink),
    refreshDeps(token, tokenSettings) {
      const known = depsByToken.get(token);
      if (known !== undefined) return known;
      const states = stateStore({
        environment,
        token,
        settings: tokenSettings,
        parameters,
        credentials,
        clock,
      });
      const tokenApi = passwordTokenApi(tokenSettings, {
        post: postJson,
        clock,
        tlsOfRefresh: tokenSettings.certificatesInCredentials
          ? certificatesOf(credentials, tokenSettings.credentialsSecretId, clock)
          : undefined,
      });
      const made = { settings: tokenSettings, states, credentials, tokenApi, clock };
      depsByToken.set(token, made);
      return made;
    },
  };
}
