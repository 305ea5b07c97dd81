import { awsErrorName } from '../../contract/aws-error-name.ts';
import type { Clock } from '../../contract/clock.ts';
import type { FunctionSettings, TokenSettings } from '../../contract/function-settings.ts';
import { type RefreshRequestBody, wakeUpGroup } from '../../contract/requests.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { RequestQueue } from '../aws/queue.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type RefreshDeps, refresh } from './attempt.ts';
import { clamp } from './clamp.ts';
import type { Ending } from './decide.ts';
import { parseRequest, type QueueRecord, type RefreshRequest, type WakeUp } from './request.ts';
import { LONGEST_HIDING, longestWait, type Wait } from './waiting.ts';

export interface ProcessDeps {
  readonly settings: FunctionSettings;
  /** What a refresh of a token needs. Returns the same object for the same token as long as the process lives. */
  readonly refreshDeps: (token: string, settings: TokenSettings) => RefreshDeps;
  readonly queue: RequestQueue;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** A call to the queue gets what is left of the attempt's time, within these bounds. There are at most two. */
const SHORTEST_CALL_MS = SECOND;
const LONGEST_CALL_MS = 4 * SECOND;

/** The handling of one message. */
interface Run extends ProcessDeps {
  /** When the attempt is to be over, in milliseconds since the epoch. */
  readonly end: number;
}

/** `done` deletes the message, `again` leaves it on the queue for another attempt. */
type Processed = 'done' | 'again';

/** Handles one message. Throws only on defects. */
export async function processRecord(record: QueueRecord, deps: ProcessDeps): Promise<Processed> {
  const { settings, queue, telemetry, clock } = deps;
  const startedAt = clock.now();
  const run: Run = { ...deps, end: startedAt + LIMITS.attemptSeconds * SECOND };
  const parsed = parseRequest(record);
  if ('rejected' in parsed) {
    const moved = await attemptOnQueue(record, run, (timeoutMs) =>
      queue.reject(record, parsed.rejected, timeoutMs),
    );
    if (moved) telemetry.rejected(record.messageId, parsed.rejected);
    return moved ? 'done' : 'again';
  }
  const { token } = 'wakeUp' in parsed ? parsed.wakeUp : parsed;
  const tokenSettings = Object.hasOwn(settings.tokens, token) ? settings.tokens[token] : undefined;
  if (tokenSettings === undefined) {
    telemetry.unknownToken(record.messageId, token);
    return 'done';
  }
  if ('wakeUp' in parsed) return passOn(record, parsed.wakeUp, tokenSettings, run);

  const outcome = await refresh(parsed, deps.refreshDeps(token, tokenSettings));
  const now = clock.now();
  const { environment } = settings;
  const durationMs = now - startedAt;
  const { messageId } = record;
  telemetry.attempt({
    environment,
    settings: tokenSettings,
    request: parsed,
    outcome,
    now,
    durationMs,
    messageId,
  });
  return wait(
    record,
    stillAsked(parsed, outcome.ending),
    run,
    'wait' in outcome.ending ? outcome.ending.wait : undefined,
  );
}

/** What a wake-up asks for. Once the rejected token was replaced, only its renewal. */
function stillAsked(request: RefreshRequest, { kind }: Ending): RefreshRequest {
  if (kind === 'failed' || kind === 'put-off') return request;
  const { rejectedVersion: _, ...rest } = request;
  return rest;
}

async function wait(
  record: QueueRecord,
  { token, sentAt, attempt, rejectedVersion }: RefreshRequest,
  run: Run,
  wait: Wait | undefined,
): Promise<Processed> {
  if (wait === undefined || wait.how === 'next tick') return 'done';
  if (wait.how === 'wake-up') {
    // On a later receive the wake-up may not have been sent. If it was, the queue drops the duplicate.
    if (!wait.isNew && attempt === 1) return 'done';
    const dueAt = Math.ceil(wait.until);
    const wakeUp: RefreshRequestBody = {
      token,
      requestedBy: 'wake-up',
      since: Math.floor(sentAt),
      dueAt,
      ...(rejectedVersion !== undefined && { rejectedVersion }),
    };
    const isSent = await attemptOnQueue(record, run, (timeoutMs) =>
      run.queue.send(record, wakeUp, wakeUpGroup(token, dueAt), timeoutMs),
    );
    if (isSent) return 'done';
    return hide(record, Math.min(wait.until, run.clock.now() + LONGEST_HIDING), run);
  }
  return hide(record, wait.until, run);
}

/** Sends a request to the token's message group when the wake-up is due, because refreshes of a token take turns. */
async function passOn(
  record: QueueRecord,
  { token, dueAt, since, rejectedVersion }: WakeUp,
  settings: TokenSettings,
  run: Run,
): Promise<Processed> {
  const now = run.clock.now();
  // Later than the next tick: not sent by this function.
  if (dueAt > now + longestWait(settings)) return 'done';

  if (dueAt > now) return hide(record, dueAt, run);
  const request: RefreshRequestBody = {
    token,
    requestedBy: 'wake-up',
    since,
    dueAt,
    ...(rejectedVersion !== undefined && { rejectedVersion }),
  };
  const isSent = await attemptOnQueue(record, run, (timeoutMs) =>
    run.queue.send(record, request, token, timeoutMs),
  );
  return isSent ? 'done' : 'again';
}

async function hide(record: QueueRecord, until: number, run: Run): Promise<Processed> {
  const seconds = Math.max(1, Math.ceil((until - run.clock.now()) / 1_000));
  await attemptOnQueue(record, run, (timeoutMs) => run.queue.hide(record, seconds, timeoutMs));
  return 'again';
}

/** If the call fails, the message comes back when its visibility timeout ends, which is soon enough. */
async function attemptOnQueue(
  record: QueueRecord,
  { telemetry, clock, end }: Run,
  change: (timeoutMs: number) => Promise<void>,
): Promise<boolean> {
  try {
    await change(clamp(end - clock.now(), SHORTEST_CALL_MS, LONGEST_CALL_MS));
    return true;
  } catch (error) {
    telemetry.queueTrouble(record.messageId, awsErrorName(error));
    return false;
  }
}
