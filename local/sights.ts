/** What a whole run has to show. */
export const SIGHTS = {
  deploy: 'deploy by the CDK CLI',
  login: 'first token by login',
  renewal: 'scheduled renewal by refresh token',
  consumer: 'protected resource called with the token from SSM',
} as const;

export type Sight = keyof typeof SIGHTS;

export const ALL_SIGHTS = Object.keys(SIGHTS) as Sight[];

/** Keeps account of what was seen. */
export function createSights() {
  const seen = new Map<Sight, string>();
  return {
    /** @param evidence what exactly was seen, in a few words; the first evidence is kept */
    saw(sight: Sight, evidence: string): void {
      if (!seen.has(sight)) seen.set(sight, evidence);
    },
    missing: (expected: readonly Sight[]): Sight[] => expected.filter((sight) => !seen.has(sight)),
    /** @param shown what the run can show at all */
    report: (shown: readonly Sight[]): string =>
      ALL_SIGHTS.map((sight) => {
        if (!shown.includes(sight)) return `  – ${SIGHTS[sight]}: not shown in the embedded form`;
        const evidence = seen.get(sight);
        return evidence === undefined
          ? `  ✘ ${SIGHTS[sight]}: not seen`
          : `  ✔ ${SIGHTS[sight]}: ${evidence}`;
      }).join('\n'),
  };
}

export type Sights = ReturnType<typeof createSights>;
