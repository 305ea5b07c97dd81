import { hash, randomUUID } from 'node:crypto';
import { MINUTE, SECOND } from '../../contract/times.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import { AwsError } from './aws-error.ts';
import { MinHeap } from './min-heap.ts';
import { checkOutgoing, invalidValue, type OutgoingMessage, type ReceivedMessage } from './queue-message.ts';
import { invalidReceipt, parseReceiptHandle, receiptHandleOf } from './receipt-handle.ts';

/** Also the longest time from a receive on that a message can be kept invisible. */
const VISIBILITY_MAX_SECONDS = 43_200;

/** SQS refuses to take the same message twice for this long, even when it was received and deleted meanwhile. */
const DEDUPLICATION_MS = 5 * MINUTE;

export interface SendReceipt {
  readonly messageId: string;
  readonly sequenceNumber: string;
}

export interface FifoQueueOptions {
  /** Ends in `.fifo`. */
  readonly name: string;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** How long a received message stays invisible, in seconds. 0 to 43,200; default 30. */
  readonly visibilitySeconds?: number;
  /** Whether a message without a deduplication id is told from others by its body. Default: false. */
  readonly contentBasedDeduplication?: boolean;
  /** Default: `queue`, where two groups cannot use the same deduplication id. */
  readonly deduplicationScope?: 'queue' | 'messageGroup';
  /** Where a message goes instead of being received once more than this. Default: nowhere. */
  readonly redrive?: { readonly queue: FifoQueue; readonly maxReceiveCount: number };
}

interface StoredMessage extends Omit<ReceivedMessage, 'receiptHandle' | 'sequenceNumber'> {
  /** Of this queue: 1, 2, 3 and so on. */
  readonly sequence: number;
  /** In flight until then. */
  hiddenUntil: number;
  lastReceivedAt: number;
  firstReceivedAt: number;
  receiveCount: number;
  deleted: boolean;
}

type Arriving = Omit<StoredMessage, 'sequence' | 'sentAt' | 'hiddenUntil' | 'lastReceivedAt' | 'deleted'>;

interface MessageGroup {
  readonly id: string;
  readonly messages: StoredMessage[];
  /** It stands in the line of groups that are ready. */
  inLine: boolean;
}

/**
 * An SQS FIFO queue in memory, synchronous and driven by a clock from outside.
 *
 * A group hands out its messages in order, up to its first one in flight. Ready groups take turns.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 *
 * Not modelled: retention, delays, sizes, the limit of messages in flight, receive request attempt ids.
 */
export class FifoQueue {
  readonly name: string;
  readonly arn: string;
  readonly options: FifoQueueOptions;

  readonly #now: () => number;
  readonly #visibilitySeconds: number;
  /** By sequence number. */
  readonly #messages = new Map<number, StoredMessage>();
  readonly #groups = new Map<string, MessageGroup>();
  readonly #line: MessageGroup[] = [];
  /** By the time when they become visible again. An entry that no longer says so of its message is void. */
  readonly #inFlight = new MinHeap<StoredMessage>();
  /** By deduplication id, oldest first. */
  readonly #sent = new Map<string, { readonly receipt: SendReceipt; readonly until: number }>();
  readonly #listeners = new Set<() => void>();
  #lastSequence = 0;

  constructor(options: FifoQueueOptions) {
    if (!/^[\w-]{1,75}\.fifo$/.test(options.name)) {
      throw invalidValue('Can only include alphanumeric characters, hyphens, or underscores. Ends in .fifo');
    }
    this.options = options;
    this.name = options.name;
    this.arn = `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${options.name}`;
    this.#now = options.now ?? Date.now;
    this.#visibilitySeconds = options.visibilitySeconds ?? 30;
  }

  /** A duplicate gets the receipt of the first, and is not delivered. */
  send(message: OutgoingMessage): SendReceipt {
    checkOutgoing(message);
    const now = this.#catchUp();
    const deduplicationId = message.deduplicationId ?? this.#contentId(message.body);
    const { groupId } = message;
    const scope =
      this.options.deduplicationScope === 'messageGroup' ? `${groupId} ${deduplicationId}` : deduplicationId;
    for (const [id, { until }] of this.#sent) {
      if (until > now) break;
      this.#sent.delete(id);
    }
    const duplicate = this.#sent.get(scope);
    if (duplicate !== undefined) return duplicate.receipt;
    const { messageId, sequence } = this.#accept({
      messageId: randomUUID(),
      body: message.body,
      groupId,
      deduplicationId,
      attributes: message.attributes ?? {},
      receiveCount: 0,
      firstReceivedAt: 0,
      deadLetterSourceArn: undefined,
    });
    const receipt = { messageId, sequenceNumber: sequenceNumber(sequence) };
    this.#sent.set(scope, { receipt, until: now + DEDUPLICATION_MS });
    return receipt;
  }

  /**
   * @param options.maxMessages 1 to 10, default 1
   * @param options.visibilitySeconds for the messages of this receive; default: the queue's
   */
  receive(options: { maxMessages?: number; visibilitySeconds?: number } = {}): ReceivedMessage[] {
    const { maxMessages = 1, visibilitySeconds = this.#visibilitySeconds } = options;
    checkVisibility(visibilitySeconds);
    this.#catchUp();
    const received: ReceivedMessage[] = [];
    for (let turns = this.#line.length; turns > 0 && received.length < maxMessages; turns--) {
      const group = this.#line.shift();
      if (group === undefined) break;
      group.inLine = false;
      for (const message of this.#takeable(group, maxMessages - received.length)) {
        received.push(this.#handOut(message, visibilitySeconds));
      }
      this.#lineUp(group.id);
    }
    return received;
  }

  /**
   * Deleting what is gone succeeds.
   * @throws AwsError `InvalidParameterValue` once the message is visible again: this is so on FIFO queues only
   */
  delete(receiptHandle: string): void {
    const { sequence, receive } = parseReceiptHandle(receiptHandle);
    const message = this.#messages.get(sequence);
    if (message === undefined) return;
    if (message.receiveCount !== receive || message.hiddenUntil <= this.#catchUp()) {
      throw invalidReceipt(receiptHandle, 'The receipt handle has expired.');
    }
    this.#remove(message);
    this.#lineUp(message.groupId);
    this.#changed();
  }

  /**
   * Makes a message in flight visible so many seconds from now, 0 for at once.
   * @throws AwsError `MessageNotInflight`, or `InvalidParameterValue` for a message that is gone and for a time
   * outside 0 to 43,200 s, counted from its receive
   */
  changeVisibility(receiptHandle: string, visibilitySeconds: number): void {
    checkVisibility(visibilitySeconds);
    const { sequence, receive } = parseReceiptHandle(receiptHandle);
    const message = this.#messages.get(sequence);
    const now = this.#catchUp();
    if (message === undefined || message.receiveCount !== receive) {
      throw invalidReceipt(
        receiptHandle,
        'Message does not exist or is not available for visibility timeout change.',
      );
    }
    if (message.hiddenUntil <= now) {
      throw new AwsError('MessageNotInflight', "The specified message isn't in flight.");
    }
    const hiddenUntil = now + visibilitySeconds * SECOND;
    if (hiddenUntil > message.lastReceivedAt + VISIBILITY_MAX_SECONDS * SECOND) {
      throw invalidValue(
        `Total VisibilityTimeout for the message is beyond the limit [${VISIBILITY_MAX_SECONDS} seconds].`,
      );
    }
    this.#hide(message, hiddenUntil);
    this.#lineUp(message.groupId);
    this.#changed();
  }

  /**
   * When there may be something to receive, in milliseconds since the epoch: now, a time to come, or undefined if
   * nothing will be without a send. It may turn out that the message is behind another one in flight.
   */
  nextVisibleAt(): number | undefined {
    const now = this.#catchUp();
    for (let group = this.#line[0]; group !== undefined; group = this.#line[0]) {
      if (this.#isReady(group)) return now;
      group.inLine = false;
      this.#line.shift();
    }
    return this.#inFlight.peek()?.key;
  }

  /** Messages that are kept, and how many of them are in flight. */
  counts(): { readonly all: number; readonly inFlight: number } {
    const now = this.#catchUp();
    const inFlight = [...this.#messages.values()].filter(({ hiddenUntil }) => hiddenUntil > now).length;
    return { all: this.#messages.size, inFlight };
  }

  /**
   * Calls the listener after whatever may make a message receivable sooner than `nextVisibleAt()` said.
   * @returns how to end it
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #accept(arriving: Arriving): StoredMessage {
    this.#lastSequence++;
    const message: StoredMessage = {
      ...arriving,
      sequence: this.#lastSequence,
      sentAt: this.#now(),
      hiddenUntil: 0,
      lastReceivedAt: 0,
      deleted: false,
    };
    const group = this.#group(message.groupId);
    this.#messages.set(message.sequence, message);
    group.messages.push(message);
    this.#lineUp(group.id);
    this.#changed();
    return message;
  }

  #group(id: string): MessageGroup {
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const group = { id, messages: [], inLine: false };
    this.#groups.set(id, group);
    return group;
  }

  /** What was in flight long enough comes back. */
  #catchUp(): number {
    const now = this.#now();
    for (let next = this.#inFlight.peek(); next !== undefined; next = this.#inFlight.peek()) {
      const { key, item } = next;
      const isVoid = item.deleted || item.hiddenUntil !== key;
      if (!isVoid && now < key) break;
      this.#inFlight.pop();
      if (!isVoid) this.#lineUp(item.groupId);
    }
    return now;
  }

  #lineUp(groupId: string): void {
    const group = this.#groups.get(groupId);
    if (group === undefined || group.inLine || !this.#isReady(group)) return;
    group.inLine = true;
    this.#line.push(group);
  }

  #isReady({ id, messages }: MessageGroup): boolean {
    while (messages[0]?.deleted) messages.shift();
    const [first] = messages;
    if (first === undefined) this.#groups.delete(id);
    return first !== undefined && first.hiddenUntil <= this.#now();
  }

  *#takeable({ messages }: MessageGroup, most: number): Generator<StoredMessage> {
    let taken = 0;
    for (const message of messages) {
      if (taken === most) return;
      if (message.deleted) continue;
      if (message.hiddenUntil > this.#now()) return;
      if (this.#redriven(message)) continue;
      taken++;
      yield message;
    }
  }

  /**
   * A message that moves keeps its id, which also becomes its deduplication id, and its receive count; in a FIFO queue
   * its time of sending starts anew.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  #redriven(message: StoredMessage): boolean {
    const { redrive } = this.options;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    this.#remove(message);
    redrive.queue.#accept({ ...message, deduplicationId: message.messageId, deadLetterSourceArn: this.arn });
    return true;
  }

  #handOut(message: StoredMessage, visibilitySeconds: number): ReceivedMessage {
    const now = this.#now();
    message.receiveCount++;
    message.lastReceivedAt = now;
    if (message.receiveCount === 1) message.firstReceivedAt = now;
    this.#hide(message, now + visibilitySeconds * SECOND);
    return {
      messageId: message.messageId,
      receiptHandle: receiptHandleOf(message),
      body: message.body,
      groupId: message.groupId,
      deduplicationId: message.deduplicationId,
      attributes: message.attributes,
      sequenceNumber: sequenceNumber(message.sequence),
      sentAt: message.sentAt,
      firstReceivedAt: message.firstReceivedAt,
      receiveCount: message.receiveCount,
      deadLetterSourceArn: message.deadLetterSourceArn,
    };
  }

  #hide(message: StoredMessage, until: number): void {
    message.hiddenUntil = until;
    this.#inFlight.push(until, message);
  }

  #remove(message: StoredMessage): void {
    if (message.deleted) return;
    message.deleted = true;
    this.#messages.delete(message.sequence);
  }

  #contentId(body: string): string {
    if (this.options.contentBasedDeduplication) return hash('sha256', body);
    throw invalidValue(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function checkVisibility(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= VISIBILITY_MAX_SECONDS) return;
  throw invalidValue(
    `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= ${VISIBILITY_MAX_SECONDS}, if provided.`,
  );
}

/** Twenty digits, so that they sort as text, too. */
const sequenceNumber = (sequence: number): string => `1${String(sequence).padStart(19, '0')}`;
