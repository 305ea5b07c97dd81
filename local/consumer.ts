import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { SECOND } from '../contract/times.ts';

const CALL_SECONDS = 5;

export interface ConsumerCall {
  readonly version: number;
  /** HTTP status of the protected resource. */
  readonly status: number;
}

/** All that a consumer does: read the token, send it as a bearer token. */
export async function callProtectedResource(
  ssm: SSMClient,
  { parameter, resource }: { parameter: string; resource: URL },
): Promise<ConsumerCall> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
  const response = await fetch(resource, {
    headers: { authorization: `Bearer ${Parameter?.Value}` },
    signal: AbortSignal.timeout(CALL_SECONDS * SECOND),
  });
  await response.body?.cancel();
  return { version: Parameter?.Version ?? 0, status: response.status };
}
