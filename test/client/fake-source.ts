import type { StoredToken, TokenSource } from '../../client/token-source.ts';
import type { VirtualClock } from './virtual-clock.ts';

const USABLE_MS = (1800 - 15) * 1000;

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
  /** Stores the next version: `token-1`, `token-2`. */
  write(options?: { version?: number; value?: string }): void;
  /** Reads answer with this instead of what is stored. */
  stale: StoredToken | undefined;
  current(): StoredToken | undefined;
}

export function fakeSource(clock: VirtualClock): FakeSource {
  const { time } = clock;
  let stored: Omit<StoredToken, 'ageMs'> | undefined;
  const startedAt = time.now();
  const aged = () => stored && { ...stored, ageMs: time.now() - stored.writtenAt };
  const source: FakeSource = {
    readsAt: [],
    latencyMs: 20,
    failure: undefined,
    hangs: false,
    aborted: 0,
    stale: undefined,
    current: aged,
    write({ version = (stored?.version ?? 0) + 1, value = `token-${version}` } = {}) {
      stored = { value, version, writtenAt: time.now(), livesMs: USABLE_MS };
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
