import type { SettingPath } from './setting-path.ts';
import { show } from './show.ts';

/** As people write them, in small letters and without hyphens and underscores. */
const CREDENTIALS =
  /^(user(name)?|password|passphrase|cert(ificate)?|ca|(private|api)?key|(access|refresh)?token|(client)?secret|clientid|credentials)$/;

/**
 * Refuses a setting that does not exist: a misspelt one would silently be the default.
 *
 * The value is not told, which may be a password in the wrong place.
 */
export function refuseUnknownKey(path: SettingPath, key: string, known: readonly string[]): void {
  const rule = CREDENTIALS.test(key.toLowerCase().replaceAll(/[_-]/g, ''))
    ? 'there is no such setting: credentials belong in the secret'
    : `there is no such setting, only ${known.join(', ')}`;
  const nearest = nearestOf(known, key);
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  path.within(show(key)).refuse(`${rule}${hint}`, 'a value for it');
}

/** Undefined if more than a third of the key's letters would have to change. */
function nearestOf(known: readonly string[], key: string): string | undefined {
  const far = (candidate: string) => distance(candidate.toLowerCase(), key.toLowerCase());
  const [nearest] = known.toSorted((one, other) => far(one) - far(other));
  return nearest !== undefined && far(nearest) <= key.length / 3 ? nearest : undefined;
}

/** Levenshtein's: how many letters are to be put in, left out or changed. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const letter of from) {
    const above = row;
    row = [(above[0] ?? 0) + 1];
    for (const [index, other] of [...to].entries()) {
      const [diagonal = 0, up = 0, left = 0] = [above[index], above[index + 1], row[index]];
      row.push(Math.min(up + 1, left + 1, diagonal + (letter === other ? 0 : 1)));
    }
  }
  return row.at(-1) ?? 0;
}
