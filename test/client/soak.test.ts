import { expect, it } from 'vitest';
import { createTokenClient, type TokenClient, TokenError } from '../../client/index.ts';
import { seededRandom } from '../../simulate/random.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const WEEK = 7 * 24 * 60 * MINUTE;
const INTERVAL = 25 * MINUTE;
const LIFETIME = 30 * MINUTE;
const SLOWEST_READ = 300;
const READ_TIMEOUT = 5 * SECOND;
/** A read may miss what was written so lately. */
const STALE = SECOND;

interface Stored {
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: Date;
}

/** What SSM is like at a moment. A throttled read fails, one that hangs ends by its signal only. */
type Weather = 'fine' | 'throttled' | 'hanging';

/** A week of tokens and of SSM, with outages of the token API and of SSM drawn at random. */
class VirtualWeek {
  readonly clock: VirtualClock = virtualClock();
  readonly random: () => number;
  readonly end: number;
  readonly #badWeather: Weather;
  readonly #expiries = new Map<string, number>();
  #stored: Stored | undefined;
  #before: Stored | undefined;
  #weather: Weather = 'fine';
  /** Since when a read has been sure to bring a token that lives. */
  readableSince: number | undefined;
  outages = 0;

  constructor(seed: number, badWeather: Weather) {
    this.random = seededRandom(seed);
    this.#badWeather = badWeather;
    this.clock.random = this.random;
    this.end = this.clock.time.now() + WEEK;
    void this.#refresh();
    void this.#changeWeather();
  }

  /** How long until the next call of a consumer: they come thick where something may go wrong. */
  pause = (): number =>
    this.readableSince === undefined ? this.between(50, 20 * SECOND) : this.between(SECOND, 90 * SECOND);

  now = (): number => this.clock.time.now();

  between = (from: number, to: number): number => from + this.random() * (to - from);

  /** Whether the token API may still take it, as far as those can know who see when it was written. */
  mayLive = (token: string): boolean => this.now() < (this.#expiries.get(token) ?? 0);

  /** In the place of an SDK client. */
  send = async (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
    const weather = this.#weather;
    const Parameter = this.random() < 0.5 ? this.#stored : this.#lately();
    await this.clock.sleep(
      weather === 'hanging' ? Number.MAX_SAFE_INTEGER : this.between(5, SLOWEST_READ),
      abortSignal,
    );
    if (weather === 'throttled')
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    return { Parameter };
  };

  #lately(): Stored | undefined {
    const missed = this.#stored !== undefined && this.now() - this.#stored.LastModifiedDate.getTime() < STALE;
    return missed && this.#before !== undefined ? this.#before : this.#stored;
  }

  /** Ticks up to a minute late, attempts of up to 12 s, and outages of the token API of up to two hours. */
  async #refresh(): Promise<void> {
    while (this.now() < this.end) {
      const obtainedAt = this.now();
      await this.#sleep(this.between(100, 12 * SECOND));
      this.#write();
      const outage = this.random() < 0.05 ? this.between(MINUTE, 120 * MINUTE) : 0;
      if (outage > 0) this.outages++;
      await this.#sleep(INTERVAL + outage + this.between(0, MINUTE) - (this.now() - obtainedAt));
    }
  }

  #write(): void {
    const Version = (this.#stored?.Version ?? 0) + 1;
    this.#before = this.#stored;
    this.#stored = { Value: `token-${Version}`, Version, LastModifiedDate: new Date(this.now()) };
    this.#expiries.set(this.#stored.Value, this.now() + LIFETIME);
    this.clock.time.at(this.now() + STALE, () => this.#look());
    this.clock.time.at(this.now() + LIFETIME, () => this.#look());
  }

  async #changeWeather(): Promise<void> {
    while (this.now() < this.end) {
      await this.#sleep(this.between(10 * MINUTE, 360 * MINUTE));
      this.#weather = this.#badWeather;
      this.outages++;
      this.#look();
      await this.#sleep(this.between(SECOND, 40 * MINUTE));
      this.#weather = 'fine';
      this.#look();
    }
  }

  #look(): void {
    const written = this.#stored?.LastModifiedDate.getTime() ?? Number.NEGATIVE_INFINITY;
    const readable = this.#weather === 'fine' && this.now() < written + LIFETIME;
    this.readableSince = readable ? (this.readableSince ?? this.now()) : undefined;
  }

  #sleep(milliseconds: number): Promise<void> {
    return this.clock.time.sleep(milliseconds);
  }
}

interface Tally {
  calls: number;
  failed: number;
  expired: number;
  /** The longest time for which a valid token had been readable when a call failed nevertheless. */
  longestMissMs: number;
}

async function consume(week: VirtualWeek, client: TokenClient): Promise<Tally> {
  const tally: Tally = { calls: 0, failed: 0, expired: 0, longestMissMs: 0 };
  while (week.now() < week.end) {
    await week.clock.time.sleep(week.pause());
    tally.calls++;
    try {
      if (!week.mayLive(await client.getToken())) tally.expired++;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      tally.failed++;
      const missedMs = week.readableSince === undefined ? 0 : week.now() - week.readableSince;
      tally.longestMissMs = Math.max(tally.longestMissMs, missedMs);
    }
  }
  return tally;
}

it.each([
  { weather: 'throttled', seed: 1, worstMissMs: SECOND + SLOWEST_READ },
  // A read that hung when SSM came back takes its callers with it, at its own time limit.
  { weather: 'hanging', seed: 2, worstMissMs: SECOND + READ_TIMEOUT },
] as const)(
  'a week with outages, SSM $weather: no token that has certainly expired, no failure for long with a valid one in reach',
  async (run) => {
    const week = new VirtualWeek(run.seed, run.weather);
    const { clock, send } = week;
    const readTimeoutSeconds = READ_TIMEOUT / SECOND;
    const consumers = [true, false].map((renewAhead) => {
      const ssm = { send } as never;
      return consume(
        week,
        createTokenClient({
          environment: 'sandbox',
          token: 'payments-api',
          ssm,
          clock,
          renewAhead,
          readTimeoutSeconds,
        }),
      );
    });
    const tallies = Promise.all(consumers);
    await clock.time.runUntil(week.end + MINUTE);
    expect(week.outages).toBeGreaterThan(50);
    for (const tally of await tallies) {
      expect(tally.calls).toBeGreaterThan(10_000);
      expect(tally.failed).toBeGreaterThan(1_000);
      expect(tally.expired).toBe(0);
      expect(tally.longestMissMs).toBeLessThanOrEqual(run.worstMissMs);
    }
  },
);
