import { describe, expect, it } from 'vitest';
import { EMPTY_SESSION, liveRefreshToken } from '../../../lambda/refresh/session.ts';
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
