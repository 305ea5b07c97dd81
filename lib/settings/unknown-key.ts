import type { SettingPath } from './setting-error.ts';

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
  path.key(key).refuse(`${rule}${hint}`, 'a value for it');
}

/** Undefined if more than a third of the key's letters would have to change. */
function nearestOf(known: readonly string[], key: string): string | undefined {
  const far = (candidate: string) => distance(candidate.toLowerCase(), key.toLowerCase());
  const [nearest] = known.toSorted((one, other) => far(one) - far(other));
  return nearest !== undefined && far(nearest) <= key.length / 3 ? nearest : undefined;
}

/** Levenshtein's: how many letters are to be put in, left out or changed. */
function distance(from: string, to: string): number {
  let row = [...to, ''].map((_, index) => index);
  for (const letter of from) {
    const first = (row[0] ?? 0) + 1;
    let left = first;
    const next = [...to].map((other, index) => {
      const [diagonal = 0, above = 0] = row.slice(index);
      left = Math.min(left + 1, above + 1, diagonal + (other === letter ? 0 : 1));
      return left;
    });
    row = [first, ...next];
  }
  return row.at(-1) ?? 0;
}
