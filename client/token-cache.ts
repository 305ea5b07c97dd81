import type { Clock } from '../contract/clock.ts';
import { SECOND } from '../contract/times.ts';
import { elapsedSince, type Moment, momentOf } from './clock.ts';
import { TokenError } from './errors.ts';
import type { TokenEventListener } from './events.ts';
import { SharedWork } from './shared-work.ts';
import { LATE_MS, withinLimit } from './time-limit.ts';
import type { StoredToken, TokenSource } from './token-source.ts';

export interface TokenCacheProps {
  readonly source: TokenSource;
  readonly clock: Clock;
  readonly emit: TokenEventListener;
  /** A token is handed out without a new read for at most this long. */
  readonly maxAgeSeconds: number;
  /** Reads are at least this far apart, once a token is known. */
  readonly pollSeconds: number;
  /** A read that takes longer has failed. */
  readonly readTimeoutSeconds: number;
  /** Whether reads may go on after their callers have left with the token at hand. */
  readonly renewAhead: boolean;
}

/** A token at hand. */
export interface HeldToken extends StoredToken {
  /** Just before it was read. */
  readonly readAt: Moment;
  /** A settled promise, so that a cached token costs no allocation. */
  readonly promise: Promise<string>;
  /** So long after it was read it is time for a new read. */
  readonly renewInMs: number;
}

/** A new read falls due at this share of the maximum age; jitter keeps many processes from reading together. */
const RENEWAL = { from: 0.8, to: 0.95 };

/** While the held token is valid, no caller waits longer than this for a read. */
const WAIT_WITH_TOKEN_SECONDS = 2;

/** Pause after a failed read while the held token is valid. */
const PAUSE_AFTER_FAILURE_SECONDS = 5;

/** Pause between reads while the held token may have expired. */
const PAUSE_IN_DOUBT_SECONDS = 10;

/** For this long after a token was stored, some of the API's nodes may not know it. */
const YOUNG_SECONDS = 5;

/**
 * Holds the newest token and reads again when it is time, with one read at once for all callers. While the held token is valid,
 * callers do not notice failed reads. A token is valid until it has certainly expired.
 */
export class TokenCache {
  readonly #props: TokenCacheProps;
  readonly #clock: Clock;
  #held: HeldToken | undefined;
  #reading:
    | { readonly work: SharedWork<HeldToken>; readonly startedAt: Moment; readonly limitMs: number }
    | undefined;
  #lastRead: { readonly at: Moment; failed: boolean } | undefined;

  constructor(props: TokenCacheProps) {
    this.#props = props;
    this.#clock = props.clock;
  }

  /** The newest token that was read; may have expired. */
  get held(): HeldToken | undefined {
    return this.#held;
  }

  /**
   * A token that lives.
   *
   * @throws TokenError `TokenExpired` if a read brought none that lives, or what the read threw
   */
  get(signal?: AbortSignal): Promise<string> {
    const held = this.#held;
    if (held !== undefined && signal === undefined && this.#age(held) < held.renewInMs) return held.promise;
    return this.#get(signal);
  }

  /** Whether a read now would come less than the poll interval after the last. */
  get isJustRead(): boolean {
    return this.#gapMs() > 0;
  }

  /** Whether a token that is at hand was stored a few seconds ago. */
  isYoung(value: string): boolean {
    const held = this.#held;
    return held?.value === value && held.ageMs + this.#age(held) < YOUNG_SECONDS * SECOND;
  }

  /**
   * The newest token, read now or, if the last read was less than the poll interval ago, when that is over.
   *
   * @param atOnce the caller keeps reads apart by itself.
   * @throws TokenError `TokenExpired`, or what the read threw
   */
  async reread(signal?: AbortSignal, { atOnce = false } = {}): Promise<HeldToken> {
    let read = await this.#joinRead(signal, atOnce);
    // It was valid when SSM answered, but the clock was set, the machine slept, or it has just expired.
    if (!this.#lives(read) && read.expiresInMs > 0) read = await this.#joinRead(signal, atOnce);
    if (this.#lives(read)) return read;
    const ago = Math.round((this.#age(read) - read.expiresInMs) / SECOND);
    throw new TokenError(
      'TokenExpired',
      `the stored token (version ${read.version}) expired ${ago} s ago, and there is no newer one; if its lifetime is longer, set lifetimeSeconds`,
    );
  }

  async #get(signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    const held = this.#held;
    if (held === undefined || !this.#lives(held)) return (await this.reread(signal)).value;
    if (this.#age(held) < held.renewInMs || this.#isTooSoon(held)) return held.value;
    if (this.#mayGoOnWithout(held)) {
      this.#joinRead(undefined).catch(() => {});
      return held.value;
    }
    try {
      return (await this.reread(signal)).value;
    } catch (error) {
      if (signal?.aborted || !this.#lives(held)) throw error;
      return held.value;
    }
  }

  #age = (held: HeldToken): number => elapsedSince(held.readAt, this.#clock);

  #lives(held: HeldToken): boolean {
    return this.#age(held) < held.expiresInMs;
  }

  /** Soon after a read that failed, was aborted, or brought a token older than the one at hand. */
  #isTooSoon(held: HeldToken): boolean {
    if (this.#lastRead === undefined || (this.#reading !== undefined && !this.#lastRead.failed)) return false;
    const { pollSeconds } = this.#props;
    const inDoubt = this.#age(held) >= held.mayExpireInMs;
    const afterFailure = inDoubt ? PAUSE_IN_DOUBT_SECONDS : PAUSE_AFTER_FAILURE_SECONDS;
    // Never shorter than the gap between reads, which the next one would wait for.
    const pauseSeconds = this.#lastRead.failed ? Math.max(afterFailure, pollSeconds) : pollSeconds;
    return elapsedSince(this.#lastRead.at, this.#clock) < pauseSeconds * SECOND;
  }

  /** Past the maximum age one waits for the read, unless the last read failed. */
  #mayGoOnWithout(held: HeldToken): boolean {
    const withinMaxAge = this.#age(held) < this.#props.maxAgeSeconds * SECOND;
    return this.#props.renewAhead && (withinMaxAge || this.#lastRead?.failed === true);
  }

  #joinRead(signal: AbortSignal | undefined, atOnce = false): Promise<HeldToken> {
    if (this.#reading === undefined || this.#reading.work.isAborted || this.#isOverdue(this.#reading)) {
      this.#reading = this.#startRead(atOnce ? 0 : this.#gapMs());
    }
    return this.#reading.work.join(signal);
  }

  /**
   * The process was frozen, or a clock was set, so the answer may never come. Callers that already wait for it keep waiting,
   * within the read's own limit.
   */
  #isOverdue({ startedAt, limitMs }: { startedAt: Moment; limitMs: number }): boolean {
    return elapsedSince(startedAt, this.#clock) > limitMs + LATE_MS;
  }

  #startRead(gapMs: number) {
    const limitMs = this.#readLimitMs();
    const work = new SharedWork(async (signal) => {
      if (gapMs > 0) await this.#clock.sleep(gapMs, signal);
      try {
        return await this.#read(signal, limitMs);
      } finally {
        if (this.#reading?.work === work) this.#reading = undefined;
      }
    });
    return { work, startedAt: momentOf(this.#clock), limitMs: gapMs + limitMs };
  }

  #gapMs(): number {
    if (this.#held === undefined || this.#lastRead === undefined) return 0;
    const sinceMs = elapsedSince(this.#lastRead.at, this.#clock);
    return Math.max(0, Math.ceil(this.#props.pollSeconds * SECOND - sinceMs));
  }

  #readLimitMs(): number {
    const { readTimeoutSeconds } = this.#props;
    const hasToken = this.#held !== undefined && this.#lives(this.#held);
    return (hasToken ? Math.min(WAIT_WITH_TOKEN_SECONDS, readTimeoutSeconds) : readTimeoutSeconds) * SECOND;
  }

  async #read(signal: AbortSignal, limitMs: number): Promise<HeldToken> {
    const { source, emit } = this.#props;
    const clock = this.#clock;
    const at = momentOf(clock);
    const thisRead = { at, failed: this.#lastRead?.failed ?? false };
    this.#lastRead = thisRead;
    const error = () =>
      new TokenError('ParameterUnavailable', `no answer from SSM within ${limitMs / SECOND} s`);
    try {
      const stored = await withinLimit((end) => source.read(end), { ms: limitMs, clock, signal, error });
      thisRead.failed = false;
      const before = this.#held?.value;
      const held = this.#hold(stored, at);
      const { value, version, ageMs } = held;
      const outcome = value === before ? 'unchanged' : 'new';
      emit({ type: 'read', outcome, durationMs: elapsedSince(at, clock), version, ageMs });
      return held;
    } catch (error) {
      if (!signal.aborted) {
        thisRead.failed = true;
        const code = error instanceof TokenError ? error.code : 'ParameterUnavailable';
        const tokenAtHand = this.#held !== undefined && this.#lives(this.#held);
        emit({ type: 'read', outcome: 'failed', durationMs: elapsedSince(at, clock), code, tokenAtHand });
      }
      throw error;
    }
  }

  /** Keeps the token that was read, unless it is older: reads may overtake each other, and SSM may return an old version. */
  #hold(stored: StoredToken, readAt: Moment): HeldToken {
    const held = this.#held;
    if (held !== undefined && isOlder(stored, held)) return held;
    const { maxAgeSeconds } = this.#props;
    const share = RENEWAL.from + (RENEWAL.to - RENEWAL.from) * this.#clock.random();
    const recheckInMs = Math.max(stored.mayExpireInMs, PAUSE_IN_DOUBT_SECONDS * SECOND);
    this.#held = {
      ...stored,
      readAt,
      promise: Promise.resolve(stored.value),
      renewInMs: Math.min(maxAgeSeconds * SECOND * share, recheckInMs, stored.expiresInMs),
    };
    return this.#held;
  }
}

/** By the time of writing: a parameter that was deleted and created again counts its versions from 1. */
const isOlder = (one: StoredToken, other: StoredToken): boolean =>
  one.writtenAt < other.writtenAt || (one.writtenAt === other.writtenAt && one.version < other.version);
