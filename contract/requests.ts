/**
 * Who asked for a refresh: a label in logs and queries. Requests of the schedule and of wake-ups also take care of later
 * renewals and retries. No limit depends on this label, since a sender may claim anything.
 */
export const REQUESTERS = ['schedule', 'credentials', 'consumer', 'operator', 'wake-up'] as const;
export type Requester = (typeof REQUESTERS)[number];

/** Body of a message on the request queue, as JSON. The message group id is the token's name as well. */
export interface RefreshRequestBody {
  readonly token: string;
  readonly requestedBy: Requester;
  /** Version of the access-token parameter whose token was rejected with a 401. Set by consumers. */
  readonly rejectedVersion?: number;
  /** Asks for one extra login with refused credentials. Honoured at most once an hour. */
  readonly retryRefused?: boolean;
  /** The schedule's due time, ISO 8601. With {@link executionId} it makes each tick's body unique, so that FIFO deduplication keeps it. */
  readonly scheduledTime?: string;
  /** Not predictable, so that a hostile sender cannot occupy the deduplication id of a future tick. */
  readonly executionId?: string;
  /** The secret version that an event from Secrets Manager named. Makes the body unique; not trusted. */
  readonly versionId?: string;
  /** Wake-ups: when the original request was sent, in milliseconds since the epoch. Ignored if later than SQS's own time. */
  readonly since?: number;
  /** Wake-ups: when it is due, in milliseconds since the epoch. */
  readonly dueAt?: number;
}

/**
 * Message group of a wake-up: a message that the function sends to its own queue for a request that has to wait, and that
 * it hides until it is due. Each has a group of its own, because a hidden message blocks the rest of its group. The dot
 * cannot occur in a token's name.
 */
export const wakeUpGroup = (token: string, dueAt: number): string => `${token}.wake-up.${dueAt}`;

/** Message attribute of dead letters that the refresher moved there itself: the reason. */
export const REJECTION_REASON_ATTRIBUTE = 'RejectionReason';
