import type { Duration } from 'aws-cdk-lib';

/** Where in the settings a value stands. */
export interface SettingPath {
  readonly environment?: string;
  readonly token?: string;
  readonly setting: string;
}

/** A setting breaks a rule. The message names environment, token, setting, rule and the value received. */
export class SettingError extends Error {
  override readonly name = 'SettingError';

  /** @param received the value in words, see {@link show}; something else where it may hold a secret. */
  constructor(path: SettingPath, rule: string, received: string) {
    super(`${describe(path)}: ${rule}; got ${received}`);
  }
}

function describe({ environment, token, setting }: SettingPath): string {
  const owners = [
    ...(environment === undefined ? [] : [`environment ${show(environment)}`]),
    ...(token === undefined ? [] : [`token ${show(token)}`]),
  ];
  return [...owners, setting].join(', ');
}

const SHOWN_CHARACTERS = 120;

/** A value for an error message. Not for values that may hold a secret. */
export function show(value: unknown): string {
  if (isDuration(value)) return value.toHumanString();
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_CHARACTERS));
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** What kind of value it is, where it may hold a secret. */
export const kindOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `a ${typeof value}` : show(value);

/** By shape and not by class: an app may hold a second copy of the CDK library. */
export function isDuration(value: unknown): value is Duration {
  return typeof value === 'object' && value !== null && 'toMilliseconds' in value;
}

/**
 * Refuses settings that do not exist: a misspelt one would silently be the default.
 *
 * @param path `setting` is absent for settings that belong to the environment or token itself.
 * @param known every key of the settings' type.
 * @throws SettingError; without the value, which may be a password in the wrong place.
 */
export function checkKeys(
  path: Partial<SettingPath>,
  settings: object,
  known: Readonly<Record<string, true>>,
): void {
  checkObject({ setting: 'settings', ...path }, settings);
  const unknown = Object.keys(settings).find((key) => !Object.hasOwn(known, key));
  if (unknown === undefined) return;
  const rule = `there is no such setting, only ${Object.keys(known).join(', ')}`;
  const setting = path.setting === undefined ? show(unknown) : `${path.setting}, ${show(unknown)}`;
  throw new SettingError({ ...path, setting }, rule, 'a value for it');
}

/** @throws SettingError unless a value is an object, as settings are; without the value, which may be a password. */
export function checkObject(path: SettingPath, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new SettingError(path, 'must be an object', kindOf(value));
}

/** @throws SettingError unless an optional value is true or false. */
export function checkFlag(path: SettingPath, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new SettingError(path, 'must be true or false', show(value));
}
