import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { clientSettings } from './aws.ts';
import { certificatesOf } from './certificates.ts';
import { systemClock } from './clock.ts';
import { secretsManagerStore } from './credentials.ts';
import { postJson } from './http.ts';
import { ssmStore } from './parameters.ts';
import { powertoolsSink } from './powertools.ts';
import { type ProcessDeps, processRecord } from './process-record.ts';
import { sqsQueue } from './queue.ts';
import type { RefreshDeps } from './refresh.ts';
import type { FunctionConfig } from './settings.ts';
import { stateStore } from './state.ts';
import { type Sink, telemetry } from './telemetry.ts';
import { passwordTokenApi } from './token-api.ts';

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
      const tokenApi = passwordTokenApi(tokenSettings.baseUrl, {
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
