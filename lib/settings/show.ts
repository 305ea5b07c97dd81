import type { Duration } from 'aws-cdk-lib';

const SHOWN_CHARACTERS = 120;

/** A value for an error message. Not for values that may hold a secret. */
export function show(value: unknown): string {
  if (isDuration(value))
    return hasAmount(value) ? value.toHumanString() : 'a Duration whose amount is no number';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_CHARACTERS));
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Describes only the kind of a value, which may hold a secret. */
export const kindOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `a ${typeof value}` : show(value);

/** By shape and not by class: an app may hold a second copy of the CDK library. */
const isDuration = (value: unknown): value is Duration =>
  typeof value === 'object' && value !== null && 'toMilliseconds' in value;

const hasAmount = (duration: Duration): boolean => (millisecondsOf(duration) ?? Number.NaN) >= 0;

/** Undefined for what is no Duration, and for one whose amount cannot be converted, such as a token of the CDK. */
export function millisecondsOf(value: unknown): number | undefined {
  try {
    return isDuration(value) ? value.toMilliseconds({ integral: false }) : undefined;
  } catch {
    return undefined;
  }
}
