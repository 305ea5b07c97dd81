import { MINUTE, SECOND } from '../contract/times.ts';

/** `0`, `40 s`, `6 min`, `56 min 40 s`; rounded up to a second, so that a limit never looks kept when it is not. */
export function inWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / SECOND);
  const minutes = Math.floor((seconds * SECOND) / MINUTE);
  const rest = seconds - (minutes * MINUTE) / SECOND;
  if (minutes === 0) return rest === 0 ? '0' : `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
