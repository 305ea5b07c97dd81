import { DAY, HOUR, MINUTE, SECOND } from '../contract/times.ts';

/** `25 min`: one unit, rounded down, so that a token is never said to live longer than it does. */
export function durationInWords(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)} days`;
  if (ms >= 2 * HOUR) return `${Math.floor(ms / HOUR)} h`;
  if (ms >= 2 * MINUTE) return `${Math.floor(ms / MINUTE)} min`;
  return `${Math.max(0, Math.floor(ms / SECOND))} s`;
}

export const agoInWords = (at: number, now: number): string => `${durationInWords(now - at)} ago`;

/** `2026-12-01T11:35:26Z` */
export const timeInWords = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
