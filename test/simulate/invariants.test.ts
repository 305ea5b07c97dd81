import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMES } from '../../contract/times.ts';
import {
  apiTrouble,
  consumers,
  credentialsChange,
  functionTrouble,
  hostileMessage,
  nonsense,
  queueTrouble,
  revocation,
  scripts,
  storeTrouble,
} from './arbitraries.ts';
import {
  endlessRequests,
  leaks,
  recoverySecondsAfter,
  secondsAfter,
  shownTooOften,
  simultaneousCalls,
  slowAttempts,
  tokensLessThanAMinuteApart,
  unexplainedCrashes,
  unexplainedGaps,
  unrecordedUses,
  worseWrites,
} from './observations.ts';
import { play } from './script.ts';
import { expectAlways, TIMEOUT_MS } from './search.ts';

const anything = scripts({
  troubles: [apiTrouble, storeTrouble, functionTrouble, queueTrouble],
  happenings: [revocation, credentialsChange, consumers, hostileMessage],
  latestTick: fc.constantFrom(0, 60, 3600),
});

describe('whatever goes wrong', { timeout: TIMEOUT_MS }, () => {
  const muchNonsense = scripts({
    troubles: [nonsense, nonsense, apiTrouble, storeTrouble, functionTrouble, queueTrouble],
    happenings: [revocation, credentialsChange, consumers],
  });
  it('never replaces a stored token by a worse one', () =>
    expectAlways(muchNonsense, async (script) => {
      expect(worseWrites(await play(script))).toEqual([]);
    }));

  it('never has two calls to one token API at once', () =>
    expectAlways(anything, async (script) => {
      expect(simultaneousCalls(await play(script))).toEqual([]);
    }));

  it('emits no secret', () =>
    expectAlways(anything, async (script) => {
      expect(leaks(await play(script))).toEqual([]);
    }));

  it('keeps to its time and has no defect', () =>
    expectAlways(anything, async (script) => {
      const played = await play(script);
      expect(unexplainedCrashes(played)).toEqual([]);
      expect(slowAttempts(played)).toEqual([]);
    }));

  const queueIsWell = scripts({
    troubles: [apiTrouble, storeTrouble, functionTrouble],
    happenings: [revocation, credentialsChange, consumers, hostileMessage],
  });
  it('is done with every request within the interval, five minutes and an attempt', () =>
    expectAlways(queueIsWell, async (script) => {
      expect(endlessRequests(await play(script))).toEqual([]);
    }));
});

describe('when all is well again', { timeout: TIMEOUT_MS }, () => {
  it('has a valid token within the longest pause, an attempt and 3 s', () =>
    expectAlways(scripts({ troubles: [apiTrouble, storeTrouble] }), async (script) => {
      expect(unexplainedGaps(await play(script), secondsAfter)).toEqual([]);
    }));

  const crashes = scripts({ troubles: [apiTrouble, storeTrouble, functionTrouble, queueTrouble] });
  it('has one within the visibility timeout, an attempt and 3 s after a run crashed', () =>
    expectAlways(crashes, async (script) => {
      const played = await play(script);
      const gaps = unexplainedGaps(played, (fault, all) =>
        Math.max(secondsAfter(fault, all), recoverySecondsAfter(fault)),
      );
      expect(gaps).toEqual([]);
    }));
});

describe('however often it is asked', { timeout: TIMEOUT_MS }, () => {
  const requests = scripts({
    troubles: [apiTrouble],
    happenings: [revocation, consumers, hostileMessage],
  });
  it('gets no more than one new token a minute, new credentials aside', () =>
    expectAlways(requests, async (script) => {
      expect(tokensLessThanAMinuteApart(await play(script))).toEqual([]);
    }));

  const refusals = scripts({
    hours: 60,
    times: fc.constant(DEFAULT_TIMES),
    troubles: [apiTrouble, storeTrouble],
    happenings: [revocation, credentialsChange, consumers],
  });
  it('shows no password more often than its limits allow, and once an hour when asked to', () =>
    expectAlways(refusals, async (script) => {
      expect(shownTooOften(await play(script))).toEqual([]);
    }));

  const dying = scripts({
    hours: 60,
    times: fc.constant(DEFAULT_TIMES),
    troubles: [apiTrouble, functionTrouble],
    happenings: [revocation, credentialsChange, consumers],
  });
  it('shows it at most once more for each answer that was lost and each run that died', () =>
    expectAlways(dying, async (script) => {
      const played = await play(script);
      expect(shownTooOften(played).length).toBeLessThanOrEqual(unrecordedUses(played));
    }));
});
