/** The known word closest to a mistyped one; undefined if more than a third of the letters differ. */
export function nearestOf(known: readonly string[], word: string): string | undefined {
  const far = (candidate: string) => distance(candidate.toLowerCase(), word.toLowerCase());
  const [nearest] = known.toSorted((one, other) => far(one) - far(other));
  return nearest !== undefined && far(nearest) <= word.length / 3 ? nearest : undefined;
}

/** Levenshtein distance: the number of letters to insert, delete or replace. */
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
