import { parseObject } from '../../contract/json-object.ts';
import { REQUESTERS, type RefreshRequestBody, type Requester, wakeUpGroup } from '../../contract/requests.ts';

/** A request for one token, as received from the queue. */
export interface RefreshRequest {
  readonly token: string;
  readonly requestedBy: Requester;
  readonly rejectedVersion?: number;
  readonly retryRefused: boolean;
  /** When the request was sent, in milliseconds since the epoch. For a wake-up: when the original request was sent. */
  readonly sentAt: number;
  /** When this message was sent to the queue. */
  readonly messageSentAt: number;
  /** Receive count of this message: 1 the first time. */
  readonly attempt: number;
}

/** A wake-up that waits in its own message group until it is due. It is then sent to the token's group. */
export interface WakeUp {
  readonly token: string;
  readonly dueAt: number;
  readonly since: number;
  readonly rejectedVersion?: number;
}

/** The parts of an SQS record that are read. */
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
 * Parses a record of the request queue. An invalid one is returned with a reason that quotes nothing of it.
 * The message group must be the token's name, because it makes refreshes of one token take turns.
 */
export function parseRequest(record: QueueRecord): ParsedRequest {
  const body: UnreadBody | undefined = parseObject(record.body);
  if (body === undefined) return { rejected: 'the body is not a JSON object' };
  const { token, requestedBy, rejectedVersion, retryRefused, since, dueAt } = body;
  const { MessageGroupId } = record.attributes;
  if (typeof token !== 'string') return { rejected: 'token is not a string' };
  if (since !== undefined && !isCount(since)) return { rejected: 'since is not a positive whole number' };
  const messageSentAt = Number(record.attributes.SentTimestamp);
  // Only wake-ups may refer to an older request.
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
