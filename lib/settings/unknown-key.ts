import { nearestOf } from '../../contract/nearest.ts';
import type { SettingPath } from './setting-error.ts';

/** As people write them, in small letters and without hyphens and underscores. */
const CREDENTIALS =
  /^(user(name)?|password|passphrase|cert(ificate)?|ca|(private|api)?key|(access|refresh)?token|(client)?secret|clientid|credentials)$/;

/**
 * Refuses an unknown setting, because a misspelt one would silently have its default. The value is not shown, since it may be a
 * password in the wrong place.
 */
export function refuseUnknownKey(path: SettingPath, key: string, known: readonly string[]): void {
  const rule = CREDENTIALS.test(key.toLowerCase().replaceAll(/[_-]/g, ''))
    ? 'there is no such setting: credentials belong in the secret'
    : `there is no such setting, only ${known.join(', ')}`;
  const nearest = nearestOf(known, key);
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  path.key(key).refuse(`${rule}${hint}`, 'a value for it');
}
