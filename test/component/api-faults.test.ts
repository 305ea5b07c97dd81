import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../contract/times.ts';
import { leaksIn } from '../security/leaks.ts';
import { type ApiFault, apiFaults, CALLS, type Call, endFault, injectFault } from './api-faults.ts';
import { SHAPES } from './shapes.ts';
import { type Attempt, openStage } from './stage.ts';
import { told } from './told.ts';

const codeOf = ({ code }: ApiFault, call: Call) => (typeof code === 'object' ? code[call] : code);

function expectEnding(attempt: Attempt, fault: ApiFault, call: Call): void {
  const { line, retryInSeconds } = attempt;
  const ending = fault[call];
  if (ending === 'ok' || ending === 'login') {
    expect(line, told(attempt)).toMatchObject({
      outcome: 'refreshed',
      how: ending === 'ok' ? call : 'login',
    });
    return;
  }
  expect(line, told(attempt)).toMatchObject({ outcome: 'failed', code: codeOf(fault, call) });
  if (ending === 'ends') {
    expect(retryInSeconds, told(attempt)).toBeUndefined();
    return;
  }
  const leastSeconds = fault.leastPauseSeconds ?? 1;
  expect(retryInSeconds, told(attempt)).toBeGreaterThanOrEqual(leastSeconds);
  expect(retryInSeconds, told(attempt)).toBeLessThanOrEqual(Math.max(20, leastSeconds + 60));
}

const shapesAndCalls = Object.entries(SHAPES).flatMap(([name, shape]) =>
  CALLS.map((call) => ({ name, shape, call })),
);

/** Before each fault there is a token that is ten minutes old; for a login, without a refresh token. */
describe.each(shapesAndCalls)('a token API $name, at $call:', ({ shape, call }) => {
  it.concurrent.for(apiFaults)('$name', async (fault, { onTestFinished }) => {
    const keepsPort = fault.fault === 'down';
    const stage = await openStage({ shape, tokenApi: { keepsPort, expiresIn: 1800 } });
    onTestFinished(stage.close);
    const before = stage.startWithToken({ refreshToken: call === 'refresh' });
    await injectFault(stage, call, fault);
    const first = await stage.attempt();

    expectEnding(first, fault, call);
    expect(first.tookMs).toBeLessThan(LIMITS.attemptSeconds * 1000);
    const failed = fault[call] === 'retry' || fault[call] === 'ends';
    expect(stage.accessToken() === before, told(first)).toBe(failed);
    expect(stage.api.mostAtOnce()).toBeLessThanOrEqual(1);

    await endFault(stage, fault);
    if (fault[call] === 'retry') {
      stage.makeOlder(Math.ceil((first.retryInSeconds ?? 0) / 60));
      const second = await stage.attempt({}, { attempt: 2 });
      expect(second.line, told(second)).toMatchObject({ outcome: 'refreshed' });
      expect(stage.api.model.accepts(stage.accessToken() ?? '')).toBe(true);
    }
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
  });
});
