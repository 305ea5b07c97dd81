import { describe, expect, it } from 'vitest';
import { pauseCapSeconds } from '../../../contract/times.ts';
import { defaultTokenApi, type TokenApiSettings } from '../../../contract/token-api.ts';
import {
  drainSeconds,
  intervalToSurvive,
  longestIntervalMinutes,
  longestPauseOf,
  marginSeconds,
  shortestLifetimeSeconds,
  survivableSeconds,
} from '../../../lib/settings/margin.ts';

describe('drain: two writes for each token', () => {
  it.each([
    { tokens: 3, higherThroughput: false, seconds: 2 },
    { tokens: 70, higherThroughput: false, seconds: 140 / 3 },
    { tokens: 70, higherThroughput: true, seconds: 14 },
  ])(
    '$tokens tokens, higher throughput $higherThroughput: $seconds s',
    ({ tokens, higherThroughput, seconds }) => {
      expect(drainSeconds(tokens, higherThroughput)).toBeCloseTo(seconds);
    },
  );
});

describe('margin', () => {
  const defaults = { intervalSeconds: 25 * 60, accessTokenLifetimeSeconds: 30 * 60 };

  it('of the defaults is about 3 min 45 s', () => {
    // 300 s less 60 s of Scheduler, 12 s of attempt, 2 s of drain.
    expect(marginSeconds(defaults, drainSeconds(3, false))).toBe(226);
  });

  it('is least at the longest interval, and too small a minute later', () => {
    const drain = drainSeconds(3, false);
    const minutes = longestIntervalMinutes(defaults.accessTokenLifetimeSeconds, drain);
    expect(minutes).toBe(27);
    const at = (intervalMinutes: number) =>
      marginSeconds({ ...defaults, intervalSeconds: intervalMinutes * 60 }, drain);
    expect(at(minutes)).toBeGreaterThanOrEqual(60);
    expect(at(minutes + 1)).toBeLessThan(60);
  });

  it('is least at the shortest lifetime, and too small a second below', () => {
    const drain = drainSeconds(1, false);
    const seconds = shortestLifetimeSeconds(defaults.intervalSeconds, drain);
    const at = (accessTokenLifetimeSeconds: number) =>
      marginSeconds({ ...defaults, accessTokenLifetimeSeconds }, drain);
    expect(at(seconds)).toBeGreaterThanOrEqual(60);
    expect(at(seconds - 1)).toBeLessThan(60);
  });
});

describe('an outage that nobody notices', () => {
  const drain = drainSeconds(1, false);
  const accessTokenLifetimeSeconds = 30 * 60;

  it('is the margin less the longest pause between two attempts', () => {
    const times = { intervalSeconds: 25 * 60, accessTokenLifetimeSeconds };
    expect(Math.floor(survivableSeconds(times, drain, pauseCapSeconds))).toBe(207);
  });

  it('of ten minutes takes an interval of 18 minutes, and not one more', () => {
    const minutes = intervalToSurvive(600, {
      lifetimeSeconds: accessTokenLifetimeSeconds,
      drain,
      leastMinutes: 2,
      longestPause: pauseCapSeconds,
    });
    expect(minutes).toBe(18);
    const survivable = (interval: number) =>
      survivableSeconds(
        { intervalSeconds: interval * 60, accessTokenLifetimeSeconds },
        drain,
        pauseCapSeconds,
      );
    expect(survivable(18)).toBeGreaterThanOrEqual(600);
    expect(survivable(19)).toBeLessThan(600);
  });

  it('is shorter where nothing but the login renews, by the pauses between logins', () => {
    const { refresh: _, ...byLogin } = defaultTokenApi('https://api.example.com');
    const pauseAt = (api: TokenApiSettings) => longestPauseOf(api)(25 * 60);
    expect(pauseAt(defaultTokenApi('https://api.example.com'))).toBe(20);
    expect(pauseAt(byLogin)).toBeCloseTo(148.5);
    expect(pauseAt({ ...defaultTokenApi('https://api.example.com'), renewBy: 'login' })).toBeCloseTo(148.5);
    expect(pauseAt({ ...byLogin, as: 'client' })).toBeCloseTo(22);
  });

  it('cannot be as long as the lifetime', () => {
    const lifetime = {
      lifetimeSeconds: accessTokenLifetimeSeconds,
      drain,
      leastMinutes: 2,
      longestPause: pauseCapSeconds,
    };
    expect(intervalToSurvive(1800, lifetime)).toBeUndefined();
  });
});
