import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { SECOND } from '../../contract/times.ts';
import { type CustomResourceAnswer, sendAnswer } from './answer-custom-resource.ts';
import { type CleanUpDeps, cleanUp, PHYSICAL_ID } from './clean-up.ts';
import { NotDeleted } from './delete-parameters.ts';

/** Reserved at the end of the function's time, so that CloudFormation always gets an answer. */
const ANSWER_SECONDS = 25;

/** CloudFormation takes answers of 4096 bytes. */
const REASON_CHARACTERS = 3_000;

export interface CleanUpHandlerDeps extends CleanUpDeps {
  /** Default: standard output. */
  readonly log?: (line: string) => void;
  /** Default: puts it to the event's pre-signed URL. */
  readonly send?: (url: string, answer: CustomResourceAnswer) => Promise<void>;
}

type CleanUpHandler = (
  event: CloudFormationCustomResourceEvent,
  context: { getRemainingTimeInMillis(): number },
) => Promise<void>;

/** Makes the handler. It always answers, since otherwise the stack waits for an hour. */
export function createCleanUpHandler({
  send = sendAnswer,
  log = console.log,
  ...deps
}: CleanUpHandlerDeps): CleanUpHandler {
  return async (event, context) => {
    const signal = AbortSignal.timeout(
      Math.max(1, context.getRemainingTimeInMillis() - ANSWER_SECONDS * SECOND),
    );
    const outcome = await cleanUp(event, deps, signal).then(
      (deleted) => ({ Status: 'SUCCESS', Reason: `${deleted.length} parameters are gone` }) as const,
      (error: unknown) => ({ Status: 'FAILED', Reason: reasonOf(error) }) as const,
    );
    // Named fields only: the event holds a URL that anyone could answer with.
    log(JSON.stringify({ message: 'clean-up', request: event.RequestType, ...outcome }));
    const answer: CustomResourceAnswer = {
      ...outcome,
      PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : PHYSICAL_ID,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    };
    await send(event.ResponseURL, answer);
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof NotDeleted)) return error instanceof Error ? error.message : 'unknown error';
  const { message, parameters } = error;
  return `Perhaps not deleted (${message}): ${shortened(parameters)}. Delete them by hand, then try again.`;
}

function shortened(names: readonly string[]): string {
  let shown = names;
  while (shown.join(', ').length > REASON_CHARACTERS) shown = shown.slice(0, -1);
  const hidden = names.length - shown.length;
  return `${shown.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
}
