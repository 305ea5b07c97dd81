import { awsErrorName } from '../../contract/aws-error-name.ts';
import type { Clock } from '../../contract/clock.ts';
import type { FunctionSettings, TokenSettings } from '../../contract/function-settings.ts';
import type { RequestQueue } from '../aws/queue.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type RefreshDeps, refresh } from './attempt.ts';
import { parseRequest, type QueueRecord } from './request.ts';

export interface ProcessDeps {
  readonly settings: FunctionSettings;
  /** What a refresh of that token needs; the same object for the same token, for the life of the process. */
  readonly refreshDeps: (token: string, settings: TokenSettings) => RefreshDeps;
  readonly queue: RequestQueue;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/**
 * What happens with one message: `done` deletes it, `again` leaves it on the queue for another attempt.
 * Only defects of ours throw.
 */
export async function processRecord(record: QueueRecord, deps: ProcessDeps): Promise<'done' | 'again'> {
  const { settings, queue, telemetry, clock } = deps;
  const startedAt = clock.now();
  const request = parseRequest(record);
  if ('rejected' in request) {
    const moved = await attemptOnQueue(record, deps, () => queue.reject(record, request.rejected));
    if (moved) telemetry.rejected(record.messageId, request.rejected);
    return moved ? 'done' : 'again';
  }
  const token = Object.hasOwn(settings.tokens, request.token) ? settings.tokens[request.token] : undefined;
  if (token === undefined) {
    telemetry.unknownToken(record.messageId, request.token);
    return 'done';
  }

  const outcome = await refresh(request, deps.refreshDeps(request.token, token));
  const now = clock.now();
  const { environment } = settings;
  telemetry.attempt({ environment, settings: token, request, outcome, now, durationMs: now - startedAt });

  const { ending } = outcome;
  if (!('retryInSeconds' in ending) || ending.retryInSeconds === undefined) return 'done';
  const { retryInSeconds } = ending;
  await attemptOnQueue(record, deps, () => queue.putOff(record, retryInSeconds));
  return 'again';
}

/** Without the queue's answer the message comes back when its visibility timeout ends, which is soon enough. */
async function attemptOnQueue(
  record: QueueRecord,
  { telemetry }: ProcessDeps,
  change: () => Promise<void>,
): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    telemetry.queueTrouble(record.messageId, awsErrorName(error));
    return false;
  }
}
