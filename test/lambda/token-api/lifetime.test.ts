import { describe, expect, it } from 'vitest';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import { type Grant, judgeAnswer } from '../../../lambda/token-api/answer.ts';
import vectors from '../../vectors/lifetimes.json' with { type: 'json' };
import { jwt } from './tokens.ts';

interface Vector {
  readonly name: string;
  readonly now: number;
  readonly date?: number;
  readonly fields?: object;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly configuredSeconds: number;
  readonly expected: { readonly lifetimeSeconds?: number; readonly code?: string };
}

function grant({
  now,
  date,
  fields = {},
  claims,
  configuredSeconds,
}: Omit<Vector, 'name' | 'expected'>): Grant {
  const token = claims === undefined ? 'opaque' : jwt(claims);
  return judgeAnswer({
    api: defaultTokenApi('https://api.example.com'),
    call: 'login',
    answer: {
      status: 200,
      headers: date === undefined ? {} : { date: new Date(date * 1000).toUTCString() },
      body: JSON.stringify({ data: { token, ...fields } }),
    },
    now: now * 1000,
    lifetimeSeconds: configuredSeconds,
  });
}

describe('the lifetime of a granted token', () => {
  it.each<Vector>(vectors.refresher)('is the shortest that is stated: $name', ({ expected, ...answer }) => {
    if (expected.code !== undefined)
      expect(() => grant(answer)).toThrow(expect.objectContaining({ code: expected.code }));
    else expect(grant(answer).lifetimeSeconds).toBe(expected.lifetimeSeconds);
  });

  const NOW = 1_800_000_000;
  const answer = { now: NOW, configuredSeconds: 1800 };

  it('comes with both clocks where a Date is not believed', () => {
    expect(grant({ ...answer, date: NOW + 86_400, claims: { iat: NOW, exp: NOW + 1800 } }).notes).toEqual([
      "the answer's Date 2027-01-16T08:00:00.000Z is not believed: here it is 2027-01-15T08:00:00.000Z",
    ]);
    const dead = { iat: NOW - 1800, exp: NOW - 1 };
    expect(() => grant({ ...answer, date: NOW - 86_400, claims: dead })).toThrow('TokenExpired: the answer');
  });

  it('comes with what was not believed, and not with its number', () => {
    expect(grant({ ...answer, fields: { expires_in: 1_800_000 } }).notes).toEqual([
      'a lifetime of more than 500 times the configured one is not believed',
    ]);
    expect(grant({ ...answer, date: NOW, claims: { iat: NOW, exp: NOW + 1800 } }).notes).toBeUndefined();
  });

  it('is none in a JWT that is no JSON, or is nested without end', () => {
    for (const payload of ['{"exp":1e999}', 'null', '[1]', `{"exp":${'['.repeat(2000)}`, '{"exp":1']) {
      const token = `a.${Buffer.from(payload).toString('base64url')}.c`;
      const { lifetimeSeconds } = grant({ ...answer, date: NOW, fields: { token } });
      expect(lifetimeSeconds).toBeUndefined();
    }
  });
});
