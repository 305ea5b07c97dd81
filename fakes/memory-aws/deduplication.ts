import { MINUTE } from '../../contract/times.ts';

/** SQS refuses to take the same message twice for this long, even when it was received and deleted meanwhile. */
export const DEDUPLICATION_MS = 5 * MINUTE;

export interface SendReceipt {
  readonly messageId: string;
  readonly sequenceNumber: string;
}

interface Remembered {
  readonly receipt: SendReceipt;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Remembers deduplication ids for five minutes. Two generations instead of one entry by entry: a whole generation
 * is dropped once all of it is old.
 */
export class Deduplication {
  #young = new Map<string, Remembered>();
  #old = new Map<string, Remembered>();
  #turnAt = Number.NEGATIVE_INFINITY;

  /** The receipt of the message that was sent under this id in the last five minutes. */
  find(id: string, now: number): SendReceipt | undefined {
    const sent = this.#young.get(id) ?? this.#old.get(id);
    return sent !== undefined && now < sent.until ? sent.receipt : undefined;
  }

  remember(id: string, receipt: SendReceipt, now: number): void {
    if (now >= this.#turnAt) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#turnAt = now + DEDUPLICATION_MS;
    }
    this.#young.set(id, { receipt, until: now + DEDUPLICATION_MS });
  }
}
