import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import {
  isSatisfied,
  isSuperseded,
  rateLimitedFor,
  renewalAt,
} from '../../../lambda/refresh/request-rules.ts';
import { EMPTY_SESSION, type Granted, type Session } from '../../../lambda/refresh/session.ts';
import { INTERVAL, NOW, request, session, settings, state } from './fixtures.ts';

describe('a request is superseded', () => {
  it('once it is older than the interval and the schedule’s precision', () => {
    const old = INTERVAL + MINUTE;
    expect(isSuperseded(request({ sentAt: NOW - old }), settings, NOW)).toBe(false);
    expect(isSuperseded(request({ sentAt: NOW - old - 1 }), settings, NOW)).toBe(true);
  });
});

describe('a request is satisfied', () => {
  const written = NOW - 10 * MINUTE;

  it('by an access token written after it was sent', () => {
    expect(isSatisfied(request({ sentAt: written - 1 }), state(), settings, NOW)).toBe(true);
    expect(isSatisfied(request({ sentAt: written }), state(), settings, NOW)).toBe(false);
  });

  it('not by one that was granted long before and only stored since', () => {
    const granted = (before: number) => state({ session: session({ obtainedAt: written - 1 - before }) });
    const sent = request({ sentAt: written - 1 });
    expect(isSatisfied(sent, granted(12 * SECOND - 1), settings, NOW)).toBe(true);
    expect(isSatisfied(sent, granted(12 * SECOND), settings, NOW)).toBe(false);
  });

  it('not by one that was stored so late that consumers take it for younger than it is', () => {
    const storedAfter = (delay: number) => state({ session: session({ obtainedAt: written - delay }) });
    const sent = request({ sentAt: written - 60 * SECOND });
    expect(isSatisfied(sent, storedAfter(15 * SECOND), settings, NOW)).toBe(true);
    expect(isSatisfied(sent, storedAfter(15 * SECOND + 1), settings, NOW)).toBe(false);
  });

  it('by a version newer than the rejected one', () => {
    expect(isSatisfied(request({ rejectedVersion: 6 }), state(), settings, NOW)).toBe(true);
    expect(isSatisfied(request({ rejectedVersion: 7 }), state(), settings, NOW)).toBe(false);
  });

  it('never without an access token, by half of a write, or by a dead token', () => {
    const old = request({ sentAt: written - 1 });
    const { accessToken: _, ...missing } = state();
    expect(isSatisfied(old, missing, settings, NOW)).toBe(false);
    expect(isSatisfied(old, state({ whole: false }), settings, NOW)).toBe(false);
    expect(isSatisfied(old, state({ session: EMPTY_SESSION }), settings, NOW)).toBe(false);
    expect(isSatisfied(old, state({ session: session({ expiresAt: NOW }) }), settings, NOW)).toBe(false);
    expect(
      isSatisfied(
        old,
        state({ session: session({ expiresAt: NOW + 1 }) }),
        { ...settings, intervalSeconds: 120 },
        NOW,
      ),
    ).toBe(true);
  });
});

describe('refreshes are limited', () => {
  const got = (ago: number, fields: Partial<Session> = {}) =>
    state({ session: session({ obtainedAt: NOW - ago }, fields) });

  it('to one a minute, whoever asks', () => {
    expect(rateLimitedFor(request(), got(MINUTE), settings, NOW)).toBe(0);
    expect(rateLimitedFor(request(), got(MINUTE - 1), settings, NOW)).toBe(1);
    expect(rateLimitedFor(request({ requestedBy: 'schedule' }), got(0), settings, NOW)).toBe(MINUTE);
  });

  it('to one in ten minutes for consumers, after three rejected tokens in a row', () => {
    const three = got(MINUTE, { rejectionsInARow: 3 });
    expect(rateLimitedFor(request({ rejectedVersion: 7 }), three, settings, NOW)).toBe(9 * MINUTE);
    expect(rateLimitedFor(request(), three, settings, NOW)).toBe(0);
    expect(
      rateLimitedFor(request({ rejectedVersion: 7 }), got(MINUTE, { rejectionsInARow: 2 }), settings, NOW),
    ).toBe(0);
  });

  it('to as many as the token’s settings say, which limit renewals between the ticks, too', () => {
    const toast = { ...settings, minimumGapSeconds: 1800 };
    expect(rateLimitedFor(request(), got(MINUTE), toast, NOW)).toBe(29 * MINUTE);
    expect(rateLimitedFor(request(), got(30 * MINUTE), toast, NOW)).toBe(0);
    const three = got(MINUTE, { rejectionsInARow: 3 });
    expect(rateLimitedFor(request({ rejectedVersion: 7 }), three, toast, NOW)).toBe(29 * MINUTE);
    const lives = (minutes: number): Granted => ({
      accessTokenHash: 'h',
      how: 'login',
      obtainedAt: NOW,
      expiresAt: NOW + minutes * MINUTE,
      credentialsVersion: 'v1',
    });
    expect(renewalAt(lives(20), toast)).toBe(NOW + 30 * MINUTE);
    expect(renewalAt(lives(20), settings)).toBe(NOW + 15 * MINUTE);
  });

  it('never past the interval, which keeps the schedule on time', () => {
    const short = { ...settings, intervalSeconds: 120 };
    const three = got(0, { rejectionsInARow: 3 });
    expect(rateLimitedFor(request({ rejectedVersion: 7 }), three, short, NOW)).toBe(2 * MINUTE);
  });

  it('not when there is no whole token, and no longer than the gap when the clock jumped back', () => {
    expect(rateLimitedFor(request(), state({ session: EMPTY_SESSION }), settings, NOW)).toBe(0);
    expect(rateLimitedFor(request(), { ...got(0), whole: false }, settings, NOW)).toBe(0);
    expect(rateLimitedFor(request(), got(-HOUR), settings, NOW)).toBe(MINUTE);
  });
});
