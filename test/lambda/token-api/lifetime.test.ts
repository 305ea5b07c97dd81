import { describe, expect, it } from 'vitest';
import { defaultTokenApi } from '../../../contract/token-api.ts';
import { type Grant, judgeAnswer } from '../../../lambda/token-api/answer.ts';
import { secondsOf } from '../../../lambda/token-api/lifetime.ts';
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

describe('a lifetime in its unit', () => {
  /** 2026-11-21T09:00:00Z. */
  const NOW = 1_795_251_600;
  const IN_AN_HOUR = NOW + 3600;

  it.each([
    ['s', 3600, 3600],
    ['s', '3600', 3600],
    ['s', 3599.5, 3599.5],
    ['s', '3.6e3', 3600],
    ['s', 0, 0],
    ['s', -1, -1],
    ['s', '-1', -1],
    ['ms', 3_600_000, 3600],
    ['ms', '3600000', 3600],
    ['ms', 0, 0],
    ['min', 60, 3600],
    ['min', '60', 3600],
    ['min', -1, -60],
    ['hms', '01:00:00', 3600],
    ['hms', '1:02:03', 3723],
    ['hms', '240:00:00', 864_000],
    ['hms', '00:00:01.25', 1.25],
    ['hms', '00:00:00', 0],
    ['epoch', IN_AN_HOUR, 3600],
    ['epoch', String(IN_AN_HOUR), 3600],
    ['epoch', NOW - 1, -1],
    ['epochMs', IN_AN_HOUR * 1000, 3600],
    ['epochMs', `${IN_AN_HOUR * 1000}`, 3600],
    ['iso', '2026-11-21T10:00:00Z', 3600],
    ['iso', '2026-11-21T10:00:00.500Z', 3600.5],
    ['iso', '2026-11-21T12:00:00+02:00', 3600],
    ['iso', '2026-11-21T02:00:00.0000000-08:00', 3600],
    ['iso', '2026-11-21T08:59:59Z', -1],
  ] as const)('%s: %j is %d s', (unit, value, seconds) => {
    expect(secondsOf(value, unit, NOW)).toBe(seconds);
  });

  it.each([
    ['epoch', 0],
    ['epoch', -1],
    ['epochMs', '0'],
    // As .NET writes no time at all.
    ['iso', '0001-01-01T00:00:00Z'],
  ] as const)('%s: %j stands for never', (unit, value) => {
    expect(secondsOf(value, unit, NOW)).toBeUndefined();
  });

  it.each([
    ['s', ''],
    ['s', ' 60'],
    ['s', '0x10'],
    ['s', '60s'],
    ['s', 'Infinity'],
    ['s', true],
    ['s', [60]],
    ['s', null],
    ['s', undefined],
    ['ms', '01:00:00'],
    ['min', {}],
    ['hms', 3600],
    ['hms', '1:00'],
    ['hms', '00:60:00'],
    ['hms', '00:00:60'],
    ['hms', '-01:00:00'],
    ['hms', '01:00:00 UTC'],
    ['epoch', '2026-11-21T10:00:00Z'],
    ['epochMs', 'soon'],
    ['iso', IN_AN_HOUR],
    ['iso', 'soon'],
    ['iso', ''],
    ['iso', null],
  ] as const)('%s: %j is none', (unit, value) => {
    expect(secondsOf(value, unit, NOW)).toBeUndefined();
  });
});
