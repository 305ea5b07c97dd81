import { Duration } from 'aws-cdk-lib';
import { REFUSED, type Refused, SettingPath } from './setting-path.ts';
import { isDuration, kindOf, show } from './show.ts';
import { refuseUnknownKey } from './unknown-key.ts';

/**
 * Says what a written value means, whatever its type. One that breaks a rule is refused at its path, and nothing is
 * thrown: the next one is parsed all the same.
 */
export type Parser<Meant> = (value: unknown, path: SettingPath) => Meant | Refused;

/** A parser for every key of a documented interface: a key too many or too few does not compile. */
export type Table<Settings> = { readonly [Key in keyof Required<Settings>]: Parser<unknown> };

type AnyTable = Readonly<Record<string, Parser<unknown>>>;

type OptionalKey<T extends AnyTable> = {
  [Key in keyof T]: undefined extends ReturnType<T[Key]> ? Key : never;
}[keyof T];

/** What a table makes of settings, each of them good or refused. */
export type Fields<T extends AnyTable> = {
  readonly [Key in Exclude<keyof T, OptionalKey<T>>]: ReturnType<T[Key]>;
} & { readonly [Key in OptionalKey<T>]?: Exclude<ReturnType<T[Key]>, undefined> };

/** Parts none of which is refused. */
export type Good<Parts> = { readonly [Key in keyof Parts]: Exclude<Parts[Key], Refused> };

export const isGood = <Parts extends object>(parts: Parts): parts is Parts & Good<Parts> =>
  Object.values(parts).every((part) => part !== REFUSED);

/** The parts, if all of them are good. */
export const whole = <Parts extends object>(parts: Parts): (Parts & Good<Parts>) | Refused =>
  isGood(parts) ? parts : REFUSED;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every setting of a table. Of what is no object, all are refused; it is not shown, since it may be a password. */
export function fieldsOf<T extends AnyTable>(table: T, value: unknown, path: SettingPath): Fields<T> {
  const settings = isObject(value) ? value : path.refuse('must be an object', kindOf(value));
  if (settings !== REFUSED) {
    const known = Object.keys(table);
    for (const key of Object.keys(settings)) {
      if (!known.includes(key)) refuseUnknownKey(path, key, known);
    }
  }
  const fields = Object.entries(table)
    .map(([key, parse]) => [key, settings === REFUSED ? REFUSED : parse(settings[key], path.to(key))])
    .filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields) as Fields<T>;
}

export const object =
  <T extends AnyTable>(table: T): Parser<Good<Fields<T>>> =>
  (value, path) =>
    whole(fieldsOf(table, value, path));

export const optional =
  <Meant>(parse: Parser<Meant>): Parser<Meant | undefined> =>
  (value, path) =>
    value === undefined ? undefined : parse(value, path);

/** @param written stands for a setting that is left out. */
export const withDefault =
  <Meant>(parse: Parser<Meant>, written: unknown): Parser<Meant> =>
  (value = written, path) =>
    parse(value, path);

/** What a value means to another setting's rule, before its own turn comes; undefined if it will be refused. */
export function peek<Meant>(parse: Parser<Meant>, value: unknown): Meant | undefined {
  const meant = parse(value, new SettingPath());
  return meant === REFUSED ? undefined : meant;
}

/** For what is parsed elsewhere, or is a construct. */
export const skipped: Parser<undefined> = () => undefined;

export const flag: Parser<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : path.refuse('must be true or false', show(value));

export const text =
  (rule: string, isAllowed: (value: string) => boolean): Parser<string> =>
  (value, path) =>
    typeof value === 'string' && isAllowed(value) ? value : path.refuse(rule, show(value));

/** One word with a meaning of its own, or what the parser makes of the rest. */
export const either =
  <Word extends string, Meant>(word: Word, parse: Parser<Meant>): Parser<Word | Meant> =>
  (value, path) =>
    value === word ? word : parse(value, path);

export const wholeNumber: Parser<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
    ? value
    : path.refuse('must be a whole number, at least one', show(value));

export const list: Parser<readonly unknown[]> = (value, path) =>
  Array.isArray(value) ? value : path.refuse('must be a list', show(value));

/** All numbers in milliseconds. */
export interface DurationRule {
  /** The duration is a multiple of it. */
  readonly step: number;
  /** Default: one step. */
  readonly least?: number;
  /** Default: as long as anybody likes. */
  readonly most?: number;
  /** The numbers in words. */
  readonly rule: string;
  /** What else than a Duration is told. Default: an example. */
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

/** Undefined for what is no Duration, and for one of an amount that cannot be converted, such as a token of the CDK. */
function millisecondsOf(value: unknown): number | undefined {
  try {
    return isDuration(value) ? value.toMilliseconds({ integral: false }) : undefined;
  } catch {
    return undefined;
  }
}
