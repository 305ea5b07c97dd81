import { describe, expect, it } from 'vitest';
import type { AnswerMatch } from '../../../contract/token-api.ts';
import { type Call, matches, verdictOf } from '../../../lambda/token-api/verdict.ts';

describe('an answer that the settings describe', () => {
  it.each<[string, AnswerMatch, number, unknown, boolean]>([
    ['its status', { status: [400, 409] }, 409, undefined, true],
    ['another status', { status: [400, 409] }, 401, undefined, false],
    ['a value, whatever the status', { at: '/error/code', is: ['E1', 7] }, 500, { error: { code: 7 } }, true],
    ['another value', { at: '/error/code', is: ['E1', 7] }, 500, { error: { code: '7' } }, false],
    ['null', { at: '/token', is: [null] }, 200, { token: null }, true],
    ['nothing, which is not null', { at: '/token', is: [null] }, 200, {}, false],
    ['false', { at: '/ok', is: [false] }, 200, { ok: false }, true],
    ['any value at all', { at: '/error' }, 200, { error: 'x' }, true],
    ['any value, and there is none', { at: '/error' }, 200, {}, false],
    ['a list', { at: '/errors/0/code', is: ['LIMIT'] }, 200, { errors: [{ code: 'LIMIT' }] }, true],
    ['both', { status: [200], at: '/ok', is: [false] }, 200, { ok: false }, true],
    ['the value alone', { status: [200], at: '/ok', is: [false] }, 201, { ok: false }, false],
    ['the status alone', { status: [200], at: '/ok', is: [false] }, 200, { ok: true }, false],
    ['a body that is no JSON', { at: '/ok', is: [false] }, 200, undefined, false],
    ['the whole body', { at: '', is: ['denied'] }, 200, 'denied', true],
  ])('is told by %s', (_, match, status, body, expected) => {
    expect(matches(match, status, body)).toBe(expected);
  });
});

describe('the verdict on it', () => {
  const refused = [{ at: '/code', is: ['DENIED'] }];
  const throttled = [{ status: [409], at: '/code', is: ['BUSY'] }, { status: [420] }];
  const verdict = (call: Call, status: number, body: unknown) =>
    verdictOf({ api: { refused, throttled }, call, status, body });

  it.each([200, 401, 403, 429, 500, 503])('is a refusal, whatever the status: %d', (status) => {
    expect(verdict('login', status, { code: 'DENIED' })).toBe('CredentialsRefused');
    expect(verdict('refresh', status, { code: 'DENIED' })).toBe('RefreshTokenRefused');
  });

  it('asks for a pause', () => {
    for (const call of ['login', 'refresh'] as const) {
      expect(verdict(call, 409, { code: 'BUSY' })).toBe('ApiThrottled');
      expect(verdict(call, 420, undefined)).toBe('ApiThrottled');
      expect(verdict(call, 503, { code: 'BUSY' })).toBe('ApiUnavailable');
    }
  });

  it('rather asks for a pause than refuses, where both are said', () => {
    expect(verdict('login', 420, { code: 'DENIED' })).toBe('ApiThrottled');
  });

  it('stays as it was for all others', () => {
    expect(verdict('login', 401, { code: 'OTHER' })).toBe('CredentialsRefused');
    expect(verdict('login', 403, {})).toBe('ApiForbidden');
    expect(verdict('refresh', 429, {})).toBe('ApiThrottled');
  });
});
