import { describe, expect, it } from 'vitest';
import { expectWritten } from '../written-file.ts';
import { alarmsDocument, type PlayedScenario } from './alarms-document.ts';
import { lateAlarms, namesOfFired, namesOfUnquiet, playScenario } from './play-scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** Chance: how late ticks and datapoints come, which come twice, when in a minute an alarm is looked at. ALARM_RUNS=100 looks longer. */
const SEEDS = Array.from({ length: Number(process.env.ALARM_RUNS ?? 2) }, (_, index) => index + 1);

const played: PlayedScenario[] = [];

describe('alarms', () => {
  it.each(SCENARIOS)('$name', { timeout: 120_000 }, async (scenario) => {
    const { fires, mayFire = [], tokenLives = false, endsQuiet } = scenario;
    const runs = await Promise.all(SEEDS.map((seed) => playScenario(scenario, seed)));
    played.push({ scenario, runs });
    for (const run of runs) {
      const fired = namesOfFired(run);
      expect(fired).toEqual(expect.arrayContaining([...fires]));
      expect(
        fired.filter((name) => ![...fires, ...mayFire].includes(name)),
        'false alarms',
      ).toEqual([]);
      expect(lateAlarms(scenario, run)).toEqual([]);
      expect(namesOfUnquiet(run).length === 0, `still in alarm: ${namesOfUnquiet(run)}`).toBe(endsQuiet);
      if (tokenLives) expect([...run.observed.gaps.values()].flat()).toEqual([]);
    }
  });

  it('docs/alarms.md says what the tests prove', () => {
    expectWritten('docs/alarms.md', alarmsDocument(played));
  });
});
