import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../contract/times.ts';

const TRIES = 3;
const TRY_MS = 5 * SECOND;
const PAUSE_MS = SECOND;

/**
 * What CloudFormation expects of a custom resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
 */
export interface CustomResourceAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** PUTs an answer to the pre-signed URL. @throws Error that does not hold the URL, after three tries; Lambda then retries the event. */
export async function sendAnswer(
  url: string,
  answer: CustomResourceAnswer,
  pause: () => Promise<void> = () => sleep(PAUSE_MS),
): Promise<void> {
  const body = Buffer.from(JSON.stringify(answer));
  for (let tried = 1; ; tried++) {
    const problem = await put(url, body);
    if (problem === undefined) return;
    if (tried === TRIES) throw new Error(`CloudFormation did not take the answer: ${problem}`);
    await pause();
  }
}

/** @returns what went wrong; undefined after a success. */
async function put(url: string, body: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      body,
      // The URL is signed for an empty content type.
      headers: { 'content-type': '' },
      redirect: 'error',
      signal: AbortSignal.timeout(TRY_MS),
    });
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown error';
  }
}
