/** Runs a callback once, after a delay in milliseconds; what it returns takes that back. */
export type Schedule = (delayMs: number, callback: () => void) => () => void;

/** `setTimeout` fires at once when told to wait longer. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemSchedule: Schedule = (delayMs, callback) => {
  const timer = setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS));
  return () => clearTimeout(timer);
};
