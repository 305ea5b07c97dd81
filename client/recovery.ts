import type { Clock } from '../contract/clock.ts';
import { SECOND } from '../contract/times.ts';
import { elapsedSince, type Moment, momentOf } from './clock.ts';
import { TokenError } from './errors.ts';
import type { TokenEventListener } from './events.ts';
import type { RefreshRequests } from './refresh-requests.ts';
import { SharedWork } from './shared-work.ts';
import { withinLimit } from './time-limit.ts';
import type { TokenCache } from './token-cache.ts';
import type { StoredToken } from './token-source.ts';

export interface RecoveryProps {
  readonly cache: TokenCache;
  readonly clock: Clock;
  readonly emit: TokenEventListener;
  /** Absent: the refresher may not be asked. */
  readonly requests?: RefreshRequests | undefined;
  /** How long a successor is waited for once the refresher was asked. */
  readonly waitSeconds: number;
  /** From one poll to the next. */
  readonly pollSeconds: number;
}

/** After an unsuccessful wait, the refresher is not asked again for the same token for this long. */
const PAUSE_AFTER_FAILURE_SECONDS = 60;

/** The refresher stores a new token a few hundred milliseconds after it was asked. Random, so that many processes spread. */
const FIRST_POLL_MS = { from: 200, to: 500 };

/**
 * Random factor of the pause after a failed poll, which may have been throttled. With longer pauses 200 processes would need
 * more than 6 s at Parameter Store's default of 40 reads per second.
 */
const PAUSE_AFTER_FAILURE_SHARE = { from: 0.5, to: 1.5 };

/** SQS answers in milliseconds, so this is enough, retries included. */
const SEND_LIMIT_SECONDS = 5;

/**
 * Finds the successor of a token that was rejected with a 401: a token with another value, since the same value written again
 * would be rejected again. All callers share one search. Callers without a 401 keep using the current token, because the 401
 * may have had another cause.
 */
export class Recovery {
  readonly #props: RecoveryProps;
  #search: { readonly rejected: string; readonly work: SharedWork<string> } | undefined;
  #gaveUp: { readonly rejected: string; readonly at: Moment } | undefined;

  constructor(props: RecoveryProps) {
    this.#props = props;
  }

  /** @throws TokenError `TokenRejected` if there is none, or whatever kept it from being found */
  async successorOf(rejected: string, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    const { cache } = this.#props;
    for (;;) {
      const { held } = cache;
      if (held?.value === rejected) return this.#joinSearch(held, signal);
      // None is at hand yet, or one that may be older than the rejected one.
      const token = await cache.get(signal);
      if (token !== rejected) return token;
    }
  }

  #joinSearch(token: StoredToken, signal: AbortSignal | undefined): Promise<string> {
    if (this.#search?.rejected !== token.value || this.#search.work.isAborted) {
      this.#search = this.#startSearch(token);
    }
    return this.#search.work.join(signal);
  }

  #startSearch(token: StoredToken) {
    const { clock, emit } = this.#props;
    const { version } = token;
    const startedAt = momentOf(clock);
    const ended = (type: 'recovered' | 'not-recovered') =>
      emit({ type, rejectedVersion: version, durationMs: elapsedSince(startedAt, clock) });
    emit({ type: 'rejected', version });
    const work = new SharedWork(async (signal) => {
      try {
        const successor = await this.#find(token, signal);
        ended('recovered');
        return successor;
      } catch (error) {
        if (!signal.aborted) ended('not-recovered');
        throw error;
      } finally {
        if (this.#search?.work === work) this.#search = undefined;
      }
    });
    return { rejected: token.value, work };
  }

  /**
   * A token that was just read is not read again before the refresher is asked. Needless and repeated requests cost the
   * refresher nothing.
   */
  async #find(rejected: StoredToken, signal: AbortSignal): Promise<string> {
    const { cache, requests } = this.#props;
    const mayAsk = requests !== undefined && !this.#gaveUpOn(rejected);
    const isJustRead = mayAsk && cache.isJustRead;
    const read = isJustRead ? undefined : await this.#read({ signal, orThrow: !mayAsk });
    const token = read ?? rejected;
    if (token.value !== rejected.value) return token.value;
    if (!mayAsk) {
      const why =
        requests === undefined ? 'the refresher may not be asked' : 'the refresher was asked in vain';
      throw new TokenError(
        'TokenRejected',
        `the API refuses version ${token.version}, the newest there is; ${why}`,
      );
    }
    try {
      await this.#ask(requests, token, signal);
    } catch (error) {
      // Somebody else may have asked, or the schedule.
      const last = signal.aborted ? undefined : await this.#read({ signal, orThrow: false });
      if (last !== undefined && last.value !== token.value) return last.value;
      throw error;
    }
    return this.#waitForOther(token, signal);
  }

  async #ask(requests: RefreshRequests, { version }: StoredToken, signal: AbortSignal): Promise<void> {
    const { clock, emit } = this.#props;
    const error = () =>
      new TokenError('RefreshRequestFailed', `no answer from SQS within ${SEND_LIMIT_SECONDS} s`);
    const limit = { ms: SEND_LIMIT_SECONDS * SECOND, clock, signal, error };
    await withinLimit((end) => requests.send(version, end), limit);
    emit({ type: 'refresh-requested', version });
  }

  async #waitForOther(token: StoredToken, signal: AbortSignal): Promise<string> {
    const { clock, waitSeconds, pollSeconds } = this.#props;
    // Only the monotonic clock: setting the wall clock or a sleep of the machine must not end the wait.
    const askedAt = clock.monotonic();
    let pauseMs = between(FIRST_POLL_MS, clock);
    while (clock.monotonic() - askedAt < waitSeconds * SECOND) {
      if (pauseMs > 0) await clock.sleep(pauseMs, signal);
      const polledAt = clock.monotonic();
      const stored = await this.#read({ signal, orThrow: false, atOnce: true });
      if (stored !== undefined && stored.value !== token.value) return stored.value;
      const share = stored === undefined ? between(PAUSE_AFTER_FAILURE_SHARE, clock) : 1;
      pauseMs = share * pollSeconds * SECOND - (clock.monotonic() - polledAt);
    }
    this.#gaveUp = { rejected: token.value, at: momentOf(clock) };
    throw new TokenError(
      'TokenRejected',
      `the API refuses version ${token.version}, and no newer one came within ${waitSeconds} s of asking for it`,
    );
  }

  /** Reads past the cache. A failed read says nothing about the token, unless it is the last thing to try. */
  async #read(options: {
    signal: AbortSignal;
    orThrow: boolean;
    atOnce?: boolean;
  }): Promise<StoredToken | undefined> {
    const { signal, orThrow, atOnce = false } = options;
    try {
      return await this.#props.cache.reread(signal, { atOnce });
    } catch (error) {
      if (signal.aborted || orThrow) throw error;
      return undefined;
    }
  }

  #gaveUpOn({ value }: StoredToken): boolean {
    if (this.#gaveUp?.rejected !== value) return false;
    return elapsedSince(this.#gaveUp.at, this.#props.clock) < PAUSE_AFTER_FAILURE_SECONDS * SECOND;
  }
}

const between = ({ from, to }: { from: number; to: number }, { random }: Clock): number =>
  from + (to - from) * random();
