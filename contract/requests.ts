/** Who asked for a refresh. Only a label in logs and queries: nothing that matters depends on it. */
export const REQUESTERS = ['schedule', 'credentials', 'consumer', 'operator'] as const;
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
}

/** Message attribute on dead letters that the refresher itself rejected: why. */
export const REJECTION_REASON_ATTRIBUTE = 'RejectionReason';
