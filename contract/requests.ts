/**
 * Who asked for a refresh: a label in logs and queries. A schedule and a wake-up see to renewals and retries of their own,
 * too; no limit depends on who asked, since a sender may claim anything.
 */
export const REQUESTERS = ['schedule', 'credentials', 'consumer', 'operator', 'wake-up'] as const;
export type Requester = (typeof REQUESTERS)[number];

/** Body of a message on the request queue, as JSON. The message group id is the token's name, too. */
export interface RefreshRequestBody {
  readonly token: string;
  readonly requestedBy: Requester;
  /** Version of the access-token parameter that the token API rejected (consumers, after a 401). */
  readonly rejectedVersion?: number;
  /** Asks for one extra try of credentials that were refused (honoured at most once an hour). */
  readonly retryRefused?: boolean;
  /** The schedule's due time, ISO 8601. With {@link executionId} it makes each tick's body unique, so that FIFO deduplication drops none. */
  readonly scheduledTime?: string;
  /** Cannot be foretold: a hostile sender cannot claim the deduplication id of a tick to come. */
  readonly executionId?: string;
  /** The secret version that an event from Secrets Manager named. Makes the body unique; not trusted. */
  readonly versionId?: string;
  /** When the first request was sent that a wake-up stands for, in milliseconds since the epoch. A later time than SQS's own does not count. */
  readonly since?: number;
  /** Of a wake-up: when it is due, in milliseconds since the epoch. */
  readonly dueAt?: number;
}

/**
 * Message group of a wake-up: a message that the function sends to its own queue for a request that has to wait, and keeps
 * hidden until it is due. A group of its own each, since SQS hands out nothing of a group behind a hidden message. The
 * point keeps it apart from all names of tokens.
 */
export const wakeUpGroup = (token: string, dueAt: number): string => `${token}.wake-up.${dueAt}`;

/** Message attribute on dead letters that the refresher itself rejected: why. */
export const REJECTION_REASON_ATTRIBUTE = 'RejectionReason';
