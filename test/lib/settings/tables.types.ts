/** Checked by the compiler alone: a table of parsers follows the documented interface that it reads. */
import type { Duration } from 'aws-cdk-lib';
import { type Complete, optional, type Table } from '../../../lib/settings/parser.ts';
import type { TokenProps } from '../../../lib/settings/settings.ts';
import type { ParsedToken } from '../../../lib/settings/token.ts';
import { duration, flag } from '../../../lib/settings/values.ts';

interface Documented {
  readonly readers: boolean;
  readonly interval?: Duration;
}

const interval = duration({ step: 1, rule: '' });

export const good: Table<Documented> = { readers: flag, interval: optional(interval) };

// @ts-expect-error a setting is missing
export const tooFew: Table<Documented> = { readers: flag };

// @ts-expect-error a setting is missing, though nobody need write it
export const optionalMissing: Table<Required<Documented>> = { readers: flag };

export const tooMany: Table<Documented> = {
  readers: flag,
  interval: optional(interval),
  // @ts-expect-error there is no such setting
  writers: flag,
};

export const otherType: Table<Documented> = {
  // @ts-expect-error a setting means something of another type
  readers: interval,
  interval: optional(interval),
};

export const leftOpen: Table<Complete<Documented>> = {
  readers: flag,
  // @ts-expect-error a setting that has a default may not be left open
  interval: optional(interval),
};

/** Every setting of a token is parsed; its base URL becomes part of `api`. */
export const all: Exclude<keyof TokenProps, 'baseUrl'> extends keyof ParsedToken ? true : never = true;
