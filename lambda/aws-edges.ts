import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../contract/clock.ts';
import { secretsManagerStore } from './aws/credentials.ts';
import { ssmStore } from './aws/parameters.ts';
import { sqsQueue } from './aws/queue.ts';
import { clientSettings } from './aws/sdk.ts';
import type { Edges } from './create-handler.ts';
import type { FunctionConfig } from './function-config.ts';
import { powertoolsSink } from './telemetry/powertools.ts';
import type { Sink } from './telemetry/telemetry.ts';
import { sendRequest } from './token-api/http.ts';

/** What a test or an emulator replaces. */
export interface Replaced {
  /** Settings of the SDK clients beside ours. Default: as the environment says. */
  readonly clients?: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Default: standard output, by Powertools. */
  readonly sink?: Sink;
}

/** The real world: AWS by SDK clients of its own, and token APIs over HTTP. */
export function awsEdges(config: FunctionConfig, { clients, sink = powertoolsSink() }: Replaced = {}): Edges {
  const settings = { ...clientSettings, ...clients };
  return {
    parameters: ssmStore(new SSMClient(settings), config.keyArn),
    credentials: secretsManagerStore(new SecretsManagerClient(settings)),
    queue: sqsQueue(config, settings),
    send: sendRequest,
    sink,
    clock: systemClock,
  };
}
