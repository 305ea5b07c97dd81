export interface Statistics {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function statisticsOf(values: readonly number[]): Statistics {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

/** `246 (231 to 290)` */
export const shown = ({ min, median, max }: Statistics): string =>
  `${Math.round(median)} (${Math.round(min)} to ${Math.round(max)})`;

/** Measures each in turn, round after round, so that a busy moment of the machine meets all of them. */
export async function interleaved<Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, Statistics>> {
  const names = Object.keys(measures) as Name[];
  const values = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) values.get(name)?.push(await measures[name]());
  }
  return Object.fromEntries(names.map((name) => [name, statisticsOf(values.get(name) ?? [])])) as Record<
    Name,
    Statistics
  >;
}
