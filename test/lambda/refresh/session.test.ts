import { describe, expect, it } from 'vitest';
import {
  EMPTY_SESSION,
  liveRefreshToken,
  withoutRefreshToken,
  withRefreshTokenPerhapsSpent,
} from '../../../lambda/refresh/session.ts';
import { NOW, session } from './fixtures.ts';

describe('a refresh token', () => {
  it('lives until its lifetime is over; one without a known end is tried', () => {
    expect(liveRefreshToken(session({ refreshToken: 'r', refreshTokenExpiresAt: NOW + 1 }), NOW)).toBe('r');
    expect(liveRefreshToken(session({ refreshToken: 'r', refreshTokenExpiresAt: NOW }), NOW)).toBeUndefined();
    expect(liveRefreshToken(session({ refreshToken: 'r' }), NOW)).toBe('r');
    expect(liveRefreshToken(session(), NOW)).toBeUndefined();
    expect(liveRefreshToken(EMPTY_SESSION, NOW)).toBeUndefined();
  });
});

describe('a session whose refresh was refused', () => {
  it('forgets the refresh token, and what was known of it', () => {
    const spent = session({ refreshToken: 'r', refreshTokenExpiresAt: NOW, isPerhapsSpent: true });
    expect(withoutRefreshToken(spent)).toEqual(session());
  });

  it('knows that a refresh without one is no use', () => {
    expect(withoutRefreshToken(session()).granted).toMatchObject({ refreshRefused: true });
    expect(withoutRefreshToken(EMPTY_SESSION)).toBe(EMPTY_SESSION);
  });

  it('notes that the refresh token may be spent, if there is a session', () => {
    expect(withRefreshTokenPerhapsSpent(session()).granted).toMatchObject({ isPerhapsSpent: true });
    expect(withRefreshTokenPerhapsSpent(EMPTY_SESSION)).toBe(EMPTY_SESSION);
  });
});
