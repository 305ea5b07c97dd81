import { parseObject } from '../../contract/json-object.ts';
import { REQUESTERS, type RefreshRequestBody, type Requester, wakeUpGroup } from '../../contract/requests.ts';

/** A request for one token, as it came from the queue. */
export interface RefreshRequest {
  readonly token: string;
  readonly requestedBy: Requester;
  readonly rejectedVersion?: number;
  readonly retryRefused: boolean;
  /** When it was first made, in milliseconds since the epoch: of a wake-up, when the request was sent that it stands for. */
  readonly sentAt: number;
  /** When the queue took this message. */
  readonly messageSentAt: number;
  /** How often the queue has handed this message out: 1 the first time. */
  readonly attempt: number;
}

/** A wake-up that waits in a message group of its own for its time, to be passed on to the token's. */
export interface WakeUp {
  readonly token: string;
  readonly dueAt: number;
  readonly since: number;
  readonly rejectedVersion?: number;
}

/** The part of an SQS record that is read. */
export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly MessageGroupId?: string | undefined;
    readonly SentTimestamp: string;
    readonly ApproximateReceiveCount: string;
  };
}

type UnreadBody = { readonly [Field in keyof RefreshRequestBody]?: unknown };

export type ParsedRequest = RefreshRequest | { readonly wakeUp: WakeUp } | { readonly rejected: string };

/**
 * Reads a record of the request queue. What is no request comes back with a reason that quotes nothing of it.
 * The message group is what makes refreshes of one token take turns, so it must be the token's name.
 */
export function parseRequest(record: QueueRecord): ParsedRequest {
  const body: UnreadBody | undefined = parseObject(record.body);
  if (body === undefined) return { rejected: 'the body is not a JSON object' };
  const { token, requestedBy, rejectedVersion, retryRefused, since, dueAt } = body;
  const { MessageGroupId } = record.attributes;
  if (typeof token !== 'string') return { rejected: 'token is not a string' };
  if (since !== undefined && !isCount(since)) return { rejected: 'since is not a positive whole number' };
  const messageSentAt = Number(record.attributes.SentTimestamp);
  // Only a wake-up stands for an older request.
  const first = requestedBy === 'wake-up' ? (since as number | undefined) : undefined;
  const sentAt = Math.min(messageSentAt, first ?? messageSentAt);
  const isWakeUp = isCount(dueAt) && MessageGroupId === wakeUpGroup(token, dueAt);
  if (!isWakeUp && MessageGroupId !== token) return { rejected: 'token is not the message group' };
  if (!REQUESTERS.some((known) => known === requestedBy)) {
    return { rejected: `requestedBy is none of ${REQUESTERS.join(', ')}` };
  }
  if (rejectedVersion !== undefined && !isCount(rejectedVersion)) {
    return { rejected: 'rejectedVersion is not a positive whole number' };
  }
  const rejects = rejectedVersion !== undefined && { rejectedVersion };
  if (isWakeUp) return { wakeUp: { token, dueAt, since: sentAt, ...rejects } };
  if (retryRefused !== undefined && typeof retryRefused !== 'boolean') {
    return { rejected: 'retryRefused is neither true nor false' };
  }
  return {
    token,
    requestedBy: requestedBy as Requester,
    ...rejects,
    retryRefused: retryRefused === true,
    sentAt,
    messageSentAt,
    attempt: Number(record.attributes.ApproximateReceiveCount),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
