import { parseObject } from '../../contract/json-object.ts';
import { REQUESTERS, type RefreshRequestBody, type Requester } from '../../contract/requests.ts';

/** A request for one token, as it came from the queue. */
export interface RefreshRequest {
  readonly token: string;
  readonly requestedBy: Requester;
  readonly rejectedVersion?: number;
  readonly retryRefused: boolean;
  /** When the queue took it, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** 1 the first time the queue hands it out. */
  readonly attempt: number;
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

export type ParsedRequest = RefreshRequest | { readonly rejected: string };

/**
 * Reads a record of the request queue. What is no request comes back with a reason that quotes nothing of it.
 * The message group is what makes refreshes of one token take turns, so it must be the token's name.
 */
export function parseRequest(record: QueueRecord): ParsedRequest {
  const body: UnreadBody | undefined = parseObject(record.body);
  if (body === undefined) return { rejected: 'the body is not a JSON object' };
  const { token, requestedBy, rejectedVersion, retryRefused } = body;
  if (typeof token !== 'string') return { rejected: 'token is not a string' };
  if (record.attributes.MessageGroupId !== token) return { rejected: 'token is not the message group' };
  if (!REQUESTERS.some((known) => known === requestedBy)) {
    return { rejected: `requestedBy is none of ${REQUESTERS.join(', ')}` };
  }
  if (rejectedVersion !== undefined && !isVersion(rejectedVersion)) {
    return { rejected: 'rejectedVersion is not a positive whole number' };
  }
  if (retryRefused !== undefined && typeof retryRefused !== 'boolean') {
    return { rejected: 'retryRefused is neither true nor false' };
  }
  return {
    token,
    requestedBy: requestedBy as Requester,
    ...(rejectedVersion !== undefined && { rejectedVersion: rejectedVersion as number }),
    retryRefused: retryRefused === true,
    sentAt: Number(record.attributes.SentTimestamp),
    attempt: Number(record.attributes.ApproximateReceiveCount),
  };
}

const isVersion = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
