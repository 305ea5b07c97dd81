import { Duration } from 'aws-cdk-lib';
import type { Parser } from './parser.ts';
import { millisecondsOf, show } from './show.ts';

export const flag: Parser<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : path.refuse('must be true or false', show(value));

export const text =
  (rule: string, isAllowed: (value: string) => boolean): Parser<string> =>
  (value, path) =>
    typeof value === 'string' && isAllowed(value) ? value : path.refuse(rule, show(value));

export const wholeNumber: Parser<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
    ? value
    : path.refuse('must be a whole number, at least one', show(value));

export const list: Parser<readonly unknown[]> = (value, path) =>
  Array.isArray(value) ? value : path.refuse('must be a list', show(value));

/** In milliseconds: what the duration is a multiple of (and the least, if there is no other), and its bounds. */
export interface DurationRule {
  readonly step: number;
  readonly least?: number;
  readonly most?: number;
  readonly rule: string;
  /** What is said of something else. Default: an example. */
  readonly kind?: string;
}

/** A Duration of this copy of the CDK. */
export const duration =
  ({ step, least = step, most = Number.MAX_SAFE_INTEGER, rule, kind }: DurationRule): Parser<Duration> =>
  (value, path) => {
    const milliseconds = millisecondsOf(value);
    if (milliseconds === undefined) {
      return path.refuse(kind ?? 'must be a Duration, such as Duration.minutes(25)', show(value));
    }
    const isAllowed = milliseconds % step === 0 && milliseconds >= least && milliseconds <= most;
    return isAllowed ? Duration.millis(milliseconds) : path.refuse(rule, show(value));
  };

export const oneOf =
  <const Word extends string>(words: readonly Word[]): Parser<Word> =>
  (value, path) =>
    words.find((word) => word === value) ?? path.refuse(`must be one of ${words.join(', ')}`, show(value));
