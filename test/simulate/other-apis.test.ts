import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMES, LIMITS, MINUTE, SECOND } from '../../contract/times.ts';
import { defaultTokenApi, type TokenApiSettings } from '../../contract/token-api.ts';
import type { Trouble } from '../../simulate/faults.ts';
import { START } from '../../simulate/world.ts';
import {
  apiDown,
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
  MOST_SHOWN_OF_CLIENT,
  reuses,
  secondsAfter,
  shownTooOften,
  simultaneousCalls,
  slowAttempts,
  tokensLessThanAMinuteApart,
  unexplainedCrashes,
  unexplainedGaps,
  worseWrites,
} from './observations.ts';
import { play, type Script, TOKEN } from './script.ts';
import { expectAlways, TIMEOUT_MS } from './search.ts';

/** Client credentials: nothing but the login, and nobody who is locked out. */
const client = (script: Script): Script => ({
  ...script,
  loginAlone: true,
  describe(baseUrl) {
    const { refresh: _, ...api } = defaultTokenApi(baseUrl);
    const { refreshToken: __, ...answer } = api.answer;
    return { ...api, answer, as: 'client' };
  },
});

/** A token API that takes a refresh token that comes twice for stolen, and ends the session. */
const revoking = (script: Script): Script => ({
  ...script,
  describe: (baseUrl): TokenApiSettings => ({ ...defaultTokenApi(baseUrl), reuse: 'revokes' }),
});

const anything = scripts({
  troubles: [nonsense, apiTrouble, storeTrouble, functionTrouble],
  happenings: [revocation, credentialsChange, consumers, hostileMessage],
});

describe.each([
  ['client credentials', client],
  ['an API that revokes at reuse', revoking],
])('with %s, whatever goes wrong,', { timeout: TIMEOUT_MS }, (_, described) => {
  it('holds what holds for the default', () =>
    expectAlways(anything, async (script) => {
      const played = await play(described(script));
      expect(worseWrites(played)).toEqual([]);
      expect(simultaneousCalls(played)).toEqual([]);
      expect(leaks(played)).toEqual([]);
      expect(unexplainedCrashes(played)).toEqual([]);
      expect(slowAttempts(played)).toEqual([]);
      expect(endlessRequests(played)).toEqual([]);
    }));

  const requests = scripts({ troubles: [apiTrouble], happenings: [revocation, consumers, hostileMessage] });
  it('there is no more than one new token a minute', () =>
    expectAlways(requests, async (script) => {
      expect(tokensLessThanAMinuteApart(await play(described(script)))).toEqual([]);
    }));
});

describe('client credentials', { timeout: TIMEOUT_MS }, () => {
  const outage = fc.constantFrom<Trouble>(
    { kind: 'api-refuses' },
    { kind: 'api-answer-lost' },
    { kind: 'api-answers', answer: { status: 503, headers: {}, body: '' } },
  );
  it('give a valid token as soon after an outage as a refresh token would, or by the next tick, which may be late', () =>
    expectAlways(scripts({ troubles: [outage] }), async (script) => {
      const gaps = unexplainedGaps(
        await play(client(script)),
        (fault, all) => secondsAfter(fault, all) + LIMITS.schedulePrecisionSeconds,
      );
      expect(gaps).toEqual([]);
    }));

  it('wait no longer after an outage of several kinds of answers', async () => {
    const answers = (status: number, at: number, lasts: number) => ({
      trouble: { kind: 'api-answers', answer: { status, headers: {}, body: '' } } as const,
      at,
      lasts,
    });
    const faults = [answers(503, 1400, 1200), answers(500, 2600, 30), answers(403, 2630, 10)];
    const { world } = await play(client({ seed: 1, hours: 2, latestTick: 0, faults }));
    const [gap] = world.host(TOKEN).validity.gaps();
    expect((gap?.to ?? 0) - START).toBeLessThan(2640 * SECOND + 2 * MINUTE);
  });

  const refusals = scripts({
    hours: 60,
    times: fc.constant(DEFAULT_TIMES),
    troubles: [apiDown, storeTrouble],
    happenings: [revocation, credentialsChange, consumers],
  });
  it('are shown no more than three times in 25 minutes once they are refused, and once an hour when asked to', () =>
    expectAlways(refusals, async (script) => {
      expect(shownTooOften(await play(client(script)), MOST_SHOWN_OF_CLIENT)).toEqual([]);
    }));
});

describe('an API that revokes at reuse', { timeout: TIMEOUT_MS }, () => {
  /** The login works all the time. */
  const refreshAlone = (script: Script): Script => ({
    ...revoking(script),
    faults: (script.faults ?? []).map((fault) =>
      fault.trouble.kind.startsWith('api') ? { ...fault, only: 'refresh' } : fault,
    ),
  });
  const losing = scripts({
    troubles: [apiTrouble, functionTrouble, functionTrouble, queueTrouble],
    happenings: [consumers, hostileMessage],
  });
  it('is shown no spent refresh token while the login works, though answers are lost and runs die', () =>
    expectAlways(losing, async (script) => {
      expect(reuses(await play(refreshAlone(script)))).toEqual([]);
    }));

  /** Up to four in a row. After more a login may have to wait for longer than the stored token lives. */
  const CRASHING_SECONDS = [1, 70, 130, 190];
  it.each([120, 1500])('… wherever runs die, at an interval of %d s', async (intervalSeconds) => {
    for (const afterAwaits of Array.from({ length: 12 }, (_, index) => index)) {
      for (const lasts of CRASHING_SECONDS) {
        const played = await play(
          revoking({
            seed: 1,
            hours: 1.5,
            latestTick: 0,
            times: { ...DEFAULT_TIMES, intervalSeconds, accessTokenLifetimeSeconds: intervalSeconds + 300 },
            faults: [{ trouble: { kind: 'crash', afterAwaits }, at: 2 * intervalSeconds, lasts }],
          }),
        );
        const { reuses } = played.world.host(TOKEN).model.counters;
        expect({ afterAwaits, lasts, reuses }).toEqual({ afterAwaits, lasts, reuses: 0 });
      }
    }
  });
});
