import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Clock } from '../contract/clock.ts';
import type { FunctionSettings } from '../contract/function-settings.ts';
import type { CredentialsStore } from './aws/credentials.ts';
import type { ParameterStore } from './aws/parameters.ts';
import type { RequestQueue } from './aws/queue.ts';
import { stateStore } from './aws/state-store.ts';
import type { RefreshDeps } from './refresh/attempt.ts';
import { processRecord } from './refresh/process-record.ts';
import { type Sink, telemetry } from './telemetry/telemetry.ts';
import type { SendRequest } from './token-api/http.ts';
import { tokenApiOf } from './token-api/token-api.ts';

export type Handler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** Everything outside the process that the function uses. */
export interface Edges {
  readonly parameters: ParameterStore;
  readonly credentials: CredentialsStore;
  readonly queue: RequestQueue;
  /** Speaks to the token APIs. */
  readonly send: SendRequest;
  /** Where log lines and metrics go. */
  readonly sink: Sink;
  readonly clock: Clock;
}

/**
 * Makes the function's handler. It has a memory of its own. Lambda passes {@link awsEdges}, the simulator a simulated world.
 *
 * A message that needs another attempt is reported as a batch item failure, so that function errors are always defects. On
 * a FIFO queue everything after the first such message goes back too.
 */
export function createHandler(settings: FunctionSettings, edges: Edges): Handler {
  const { environment } = settings;
  const { parameters, credentials, queue, send, sink, clock } = edges;
  const depsByToken = new Map<string, RefreshDeps>();
  const deps = {
    settings,
    queue,
    clock,
    telemetry: telemetry(environment, sink),
    refreshDeps(token: string, tokenSettings: FunctionSettings['tokens'][string]): RefreshDeps {
      const known = depsByToken.get(token);
      if (known !== undefined) return known;
      const made = {
        settings: tokenSettings,
        credentials,
        clock,
        states: stateStore({ environment, token, settings: tokenSettings, parameters, credentials, clock }),
        tokenApi: tokenApiOf(tokenSettings, { send, clock, credentials }),
      };
      depsByToken.set(token, made);
      return made;
    },
  };
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
