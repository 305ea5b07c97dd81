import { describe, expect, it } from 'vitest';
import { parseAttempt } from '../../local/attempts.ts';

describe('parseAttempt', () => {
  it("reads the refresher's log line", () => {
    const line = JSON.stringify({
      message: 'stored a new access token',
      outcome: 'refreshed',
      how: 'refresh',
      requestedBy: 'schedule',
      expiresAt: '2026-11-21T09:30:00.000Z',
    });
    expect(parseAttempt(line)).toEqual({
      outcome: 'refreshed',
      how: 'refresh',
      requestedBy: 'schedule',
      expiresAt: Date.UTC(2026, 10, 21, 9, 30),
      code: undefined,
      retryInSeconds: undefined,
    });
  });

  it('reads a failure', () => {
    const line = JSON.stringify({ outcome: 'failed', code: 'ApiUnreachable', retryInSeconds: 12 });
    expect(parseAttempt(line)).toMatchObject({
      outcome: 'failed',
      code: 'ApiUnreachable',
      retryInSeconds: 12,
    });
  });

  it.each([
    '',
    'START RequestId: 1 Version: $LATEST',
    '{"_aws":{},"Environment":"local"}',
    '{"outcome":1}',
    'null',
    '[]',
    '{',
  ])('passes over %j', (line) => {
    expect(parseAttempt(line)).toBeUndefined();
  });
});
