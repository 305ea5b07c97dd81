import type { StoredToken, TokenSource } from '../../client/token-source.ts';
import type { VirtualClock } from './virtual-clock.ts';

const LIFETIME_MS = 1_800_000;
/** As for tokens that do not state their lifetime. */
const DOUBT_FROM_MS = LIFETIME_MS - 15_000;

/** A parameter that tests write, with reads that take time and fail as told. */
export interface FakeSource extends TokenSource {
  /** When reads began, in milliseconds since the first write. */
  readonly readsAt: number[];
  latencyMs: number;
  /** What reads throw; they still take the latency. */
  failure: Error | undefined;
  /** Reads never end but by their signal. */
  hangs: boolean;
  aborted: number;
  /** Stores the next version: `token-1`, `token-2`. It may have expired `doubtFromMs` after it was written. */
  write(options?: { version?: number; value?: string; doubtFromMs?: number }): void;
  /** Reads answer with this instead of what is stored. */
  stale: StoredToken | undefined;
  current(): StoredToken | undefined;
}

export function fakeSource(clock: VirtualClock): FakeSource {
  const { time } = clock;
  let stored: (Pick<StoredToken, 'value' | 'version' | 'writtenAt'> & { doubtFromMs: number }) | undefined;
  const startedAt = time.now();
  const aged = (): StoredToken | undefined => {
    if (stored === undefined) return undefined;
    const { doubtFromMs, ...token } = stored;
    const ageMs = time.now() - stored.writtenAt;
    return { ...token, ageMs, mayExpireInMs: doubtFromMs - ageMs, expiresInMs: LIFETIME_MS - ageMs };
  };
  const source: FakeSource = {
    readsAt: [],
    latencyMs: 20,
    failure: undefined,
    hangs: false,
    aborted: 0,
    stale: undefined,
    current: aged,
    write({
      version = (stored?.version ?? 0) + 1,
      value = `token-${version}`,
      doubtFromMs = DOUBT_FROM_MS,
    } = {}) {
      stored = { value, version, writtenAt: time.now(), doubtFromMs };
    },
    async read(signal) {
      source.readsAt.push(time.now() - startedAt);
      signal.addEventListener('abort', () => source.aborted++, { once: true });
      const { failure } = source;
      const answer = source.stale ?? aged();
      await clock.sleep(source.hangs ? Number.MAX_SAFE_INTEGER : source.latencyMs, signal);
      if (failure !== undefined) throw failure;
      if (answer === undefined) throw new Error('nothing is stored');
      return answer;
    },
  };
  return source;
}
