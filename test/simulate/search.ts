import fc from 'fast-check';
import { expect } from 'vitest';
import type { Script } from './script.ts';

/**
 * `npm test` looks at a few runs, always the same. SIMULATION_RUNS=2000 looks at so many new ones;
 * SIMULATION_SEED and SIMULATION_PATH bring a failure back.
 */
const { SIMULATION_RUNS, SIMULATION_SEED, SIMULATION_PATH } = process.env;
const RUNS = Number(SIMULATION_RUNS ?? 25);
const USUAL_SEED = 20_261;

/** Real milliseconds that one property may take. */
export const TIMEOUT_MS = 10_000 + RUNS * 500;

/** Holds for every script that can be drawn; else says how to see the smallest failure again. */
export async function expectAlways(
  scripts: fc.Arbitrary<Script>,
  check: (script: Script) => Promise<void>,
): Promise<void> {
  const seed = SIMULATION_SEED ?? (SIMULATION_RUNS === undefined ? USUAL_SEED : undefined);
  await fc.assert(fc.asyncProperty(scripts, check), {
    numRuns: RUNS,
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(SIMULATION_PATH !== undefined && { path: SIMULATION_PATH }),
    asyncReporter: async (details) => {
      if (!details.failed) return;
      const replay = `SIMULATION_SEED=${details.seed} SIMULATION_PATH=${details.counterexamplePath} npx vitest run test/simulate -t '${expect.getState().currentTestName}'`;
      throw new Error(`${await fc.asyncDefaultReportMessage(details)}\n\nSee it again:\n${replay}`);
    },
  });
}
