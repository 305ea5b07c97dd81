import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../contract/times.ts';
import type { Trouble } from '../../simulate/faults.ts';
import { START } from '../../simulate/world.ts';
import { play, type Script, TOKEN } from './script.ts';

/*
 * How often a password is shown while logins fail: by each answer, for credentials that had been accepted and for those that
 * never were, over 24 hours.
 */

const WINDOW = 25 * MINUTE;
const FROM_SECONDS = 600;

const answers = (status: number, body = ''): Trouble => ({
  kind: 'api-answers',
  answer: { status, headers: {}, body },
});

interface Row {
  readonly answer: string;
  readonly trouble: Trouble;
  /** In any 25 minutes, at most. */
  readonly most: { readonly accepted: number; readonly never: number };
  /** In 24 hours, at most. */
  readonly inADay: { readonly accepted: number; readonly never: number };
}

const OUTAGE = { most: { accepted: 16, never: 16 }, inADay: { accepted: 650, never: 650 } };
const THROTTLED = { most: { accepted: 8, never: 8 }, inADay: { accepted: 138, never: 138 } };
const INCONCLUSIVE = { most: { accepted: 3, never: 3 }, inADay: { accepted: 117, never: 4 } };
const REFUSED = { most: { accepted: 1, never: 2 }, inADay: { accepted: 2, never: 2 } };

const ROWS: readonly Row[] = [
  { answer: '401', trouble: answers(401), ...REFUSED },
  { answer: '400 with JSON', trouble: answers(400, '{"message":"no"}'), ...REFUSED },
  { answer: '423, locked', trouble: answers(423), ...REFUSED },
  { answer: '404 with JSON, as Parse Server refuses', trouble: answers(404, '{"code":101}'), ...REFUSED },
  { answer: '403, perhaps a firewall', trouble: answers(403), ...INCONCLUSIVE },
  { answer: '404 without JSON', trouble: answers(404), ...INCONCLUSIVE },
  { answer: 'HTML', trouble: answers(200, '<html></html>'), ...INCONCLUSIVE },
  { answer: 'a redirect', trouble: answers(302), ...INCONCLUSIVE },
  { answer: '200 with an error', trouble: answers(200, '{"error":"x"}'), ...INCONCLUSIVE },
  { answer: '429', trouble: answers(429), ...THROTTLED },
  { answer: '500, as Node-RED answers while an account is locked', trouble: answers(500), ...THROTTLED },
  { answer: '503 with an error', trouble: answers(503, '{"error":"locked"}'), ...THROTTLED },
  { answer: 'no whole answer in time', trouble: { kind: 'api-hangs' }, ...THROTTLED },
  { answer: '502', trouble: answers(502), ...OUTAGE },
  { answer: '503', trouble: answers(503), ...OUTAGE },
  { answer: 'a connection that is lost after sending', trouble: { kind: 'api-answer-lost' }, ...OUTAGE },
];

const INTERVALS = [2 * 60, 25 * 60, 12 * 3600];

/** When the password was shown, from the beginning of the trouble on. */
async function showings(script: Pick<Script, 'faults' | 'moments'>, intervalSeconds: number) {
  const { world } = await play({
    seed: 1,
    hours: 24 + FROM_SECONDS / 3600,
    latestTick: 0,
    times: {
      intervalSeconds,
      accessTokenLifetimeSeconds: intervalSeconds + 300,
      refreshTokenLifetimeSeconds: 604_800,
    },
    ...script,
  });
  return world
    .host(TOKEN)
    .calls.filter(({ kind, from }) => kind === 'login' && from >= START + FROM_SECONDS * SECOND)
    .map(({ from }) => from);
}

const mostInAWindow = (times: readonly number[]): number =>
  Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + WINDOW).length));

const lasting = (trouble: Trouble, at: number) => [
  { trouble, at, lasts: (25 * HOUR) / SECOND, only: 'login' as const },
];

describe.each(INTERVALS)('at an interval of %i s', (intervalSeconds) => {
  it.each(ROWS)('$answer: credentials that had been accepted', async ({ trouble, most, inADay }) => {
    // The session ends, and from then on there is only the login.
    const faults = lasting(trouble, FROM_SECONDS);
    const shown = await showings(
      { faults, moments: [{ kind: 'revoke', at: FROM_SECONDS }] },
      intervalSeconds,
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(mostInAWindow(shown)).toBeLessThanOrEqual(most.accepted);
    expect(shown.length).toBeLessThanOrEqual(inADay.accepted);
  });

  it.each(ROWS)('$answer: credentials that never were', async ({ trouble, most, inADay }) => {
    const faults = lasting(trouble, 0);
    const moments = [
      { kind: 'revoke', at: FROM_SECONDS },
      { kind: 'credentials', are: 'wrong', at: FROM_SECONDS },
    ] as const;
    const shown = await showings({ faults, moments }, intervalSeconds);
    expect(shown.length).toBeGreaterThan(0);
    expect(mostInAWindow(shown)).toBeLessThanOrEqual(most.never);
    expect(shown.length).toBeLessThanOrEqual(inADay.never);
  });
});

it('what was not sent is not counted: it is tried again as often as the refresh token would be', async () => {
  const faults = lasting({ kind: 'api-refuses' }, FROM_SECONDS);
  const moments = [{ kind: 'revoke', at: FROM_SECONDS }] as const;
  expect(mostInAWindow(await showings({ faults, moments }, 1500))).toBeGreaterThan(60);
});
