import { REFUSED, type Refused, SettingPath } from './setting-error.ts';
import { kindOf } from './show.ts';
import { refuseUnknownKey } from './unknown-key.ts';

/**
 * Parses a value of any type. A value that breaks a rule is reported at its path and nothing is thrown, so that all mistakes
 * are found at once.
 */
export type Parser<Meant> = (value: unknown, path: SettingPath) => Meant | Refused;

/** Settings with all defaults filled in. Optional are only those whose absence has a meaning. */
export type Complete<Settings, Optional extends keyof Settings = never> = Required<Omit<Settings, Optional>> &
  Pick<Settings, Optional>;

/** A parser for every setting: one too many or too few, or of another type, does not compile. */
export type Table<Settings> = { readonly [Key in keyof Required<Settings>]: Parser<Settings[Key]> };

/** Settings each of which is valid or refused. */
export type Fields<Settings> = { readonly [Key in keyof Settings]: Settings[Key] | Refused };

/** Marks parsed settings, because written ones may have the same shape. */
const PARSED = Symbol('parsed');

export const isParsed = <Settings>(value: unknown): value is Settings => isObject(value) && PARSED in value;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** If the value is not an object, all settings are refused. It is not shown, since it may be a password. */
export function fieldsOf<Settings>(
  table: Table<Settings>,
  value: unknown,
  path: SettingPath,
): Fields<Settings> {
  const written = isObject(value) ? value : path.refuse('must be an object', kindOf(value));
  const known = Object.keys(table);
  for (const key of Object.keys(written ?? {})) {
    if (!known.includes(key)) refuseUnknownKey(path, key, known);
  }
  const fields = Object.entries<Parser<unknown>>(table)
    .map(([key, parse]) => [key, written === REFUSED ? REFUSED : parse(written[key], path.to(key))])
    .filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields) as Fields<Settings>;
}

/** The settings, if none of them is refused. */
export const whole = <Settings extends object>(fields: Fields<Settings>): Settings | Refused =>
  Object.values(fields).includes(REFUSED) ? REFUSED : ({ ...fields, [PARSED]: true } as Settings);

/** A setting that has settings of its own. */
export const object =
  <Settings extends object>(table: Table<Settings>): Parser<Settings> =>
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

/** Parses a value for another setting's rule, without reporting mistakes; undefined if it will be refused. */
export function peek<Meant>(parse: Parser<Meant>, value: unknown): Meant | undefined {
  const meant = parse(value, new SettingPath());
  return meant === REFUSED ? undefined : meant;
}

/** For what is parsed elsewhere, or is a construct. */
export const skipped: Parser<undefined> = () => undefined;

/** Accepts one word with a special meaning, and otherwise what the parser accepts. */
export const either =
  <Word extends string, Meant>(word: Word, parse: Parser<Meant>): Parser<Word | Meant> =>
  (value, path) =>
    value === word ? word : parse(value, path);
