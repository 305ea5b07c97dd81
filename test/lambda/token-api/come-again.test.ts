import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { comeAgainInSeconds } from '../../../lambda/token-api/come-again.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z') / 1000;

const comeAgain = (headers: IncomingHttpHeaders, isThrottle = true) =>
  comeAgainInSeconds({ headers, isThrottle, now: NOW });

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    ['0', 0],
    ['1.2', 2],
    ['86400', 86_400],
    ['Sat, 21 Nov 2026 09:02:00 GMT', 120],
    ['Saturday, 21-Nov-26 09:02:00 GMT', 120],
    ['Sat, 21 Nov 2026 08:00:00 GMT', 0],
  ])('%s is %d seconds', (header, seconds) => {
    expect(comeAgain({ 'retry-after': header })).toBe(seconds);
  });

  it.each([
    ['more than a day', '86401'],
    ['more than a day as a date', 'Mon, 23 Nov 2026 09:00:00 GMT'],
    ['a Unix time', String(NOW + 30)],
    ['a Unix time in milliseconds', String((NOW + 30) * 1000)],
    ['a date of another form', '2026-11-21T09:02:00Z'],
    ['words', 'in a while'],
    ['words with a number', 'Retry in 5'],
    ['less than nothing', '-5'],
    ['another notation', '1e3'],
    ['two of them', '5, 6'],
    ['nothing', ''],
  ])('is ignored if it is %s', (_, header) => {
    expect(comeAgain({ 'retry-after': header })).toBeUndefined();
  });
});

describe('the end of a limit', () => {
  it.each<[string, string, string, number]>([
    ['Kong', 'ratelimit-reset', '30', 30],
    ['GitLab', 'ratelimit-reset', String(NOW + 30), 30],
    ['Symfony', 'x-ratelimit-retry-after', '30', 30],
    ['Discord', 'x-ratelimit-reset-after', '29.3', 30],
    ['GitHub', 'x-ratelimit-reset', String(NOW + 30), 30],
    ['Zalando', 'x-ratelimit-reset', '30', 30],
    ['Rocket.Chat', 'x-ratelimit-reset', String((NOW + 30) * 1000), 30],
    ['lemlist', 'x-ratelimit-reset', 'Sat Nov 21 2026 10:00:30 GMT+0100 (Central European Time)', 30],
    ['Okta', 'x-rate-limit-reset', String(NOW + 30), 30],
    ['a limit that has just ended', 'x-rate-limit-reset', String(NOW - 5), 0],
  ])('is read as %s sends it', (_, name, header, seconds) => {
    expect(comeAgain({ [name]: header })).toBe(seconds);
    expect(comeAgain({ 'retry-after': '7', [name]: header })).toBe(7);
    expect(comeAgain({ 'retry-after': 'soon', [name]: header })).toBe(seconds);
  });

  it.each(['soon', '', '90000', String(NOW + 90_000)])('is ignored if it is nonsense: %j', (header) => {
    expect(comeAgain({ 'x-ratelimit-reset': header })).toBeUndefined();
  });

  it('is no answer’s business that is not about limits: GitHub sends it with each', () => {
    expect(comeAgain({ 'x-ratelimit-reset': '30' }, false)).toBeUndefined();
    expect(comeAgain({ 'retry-after': '30' }, false)).toBe(30);
  });
});
