import fc from 'fast-check';
import { DEFAULT_TIMES } from '../../contract/times.ts';
import type { Trouble } from '../../simulate/faults.ts';
import type { Times } from '../../simulate/world.ts';
import { type Happening, type Moment, OTHER_TOKEN, type Script, type TimedFault, TOKEN } from './script.ts';

/** Slower still, and the token API works on calls that were given up: nobody can say what it then does to whom. */
const SLOWEST_MS = 10_000;

const answering = (status: number, body = '', headers: Record<string, string> = {}): Trouble => ({
  kind: 'api-answers',
  answer: { status, headers, body },
});

const data = (token: unknown): string => JSON.stringify({ data: { token, refreshToken: 'odd' } });

/** No call gets through to the token API. */
export const apiDown = fc.constantFrom<Trouble>(
  { kind: 'api-refuses' },
  { kind: 'api-hangs' },
  answering(500),
  answering(503, '<html>Service Unavailable</html>'),
  answering(429, '', { 'retry-after': '7' }),
  answering(429, '', { 'retry-after': '100' }),
  answering(503, '', { 'retry-after': '900' }),
  answering(503, '', { 'retry-after': '86400' }),
  answering(403),
  answering(404),
);

/** Answers that hold no token fit to store. */
export const nonsense = fc.constantFrom<Trouble>(
  answering(200, '<html>Maintenance</html>'),
  answering(200, data('')),
  answering(200, data('line\nbreak')),
  answering(200, data('x'.repeat(9000))),
  answering(200, data(null)),
  answering(200, JSON.stringify({ data: { token: 'expired' }, expires_in: 0 })),
  answering(302),
);

/** The token API is down, slow, talks nonsense, or its answers get lost: nothing that could be meant as a refusal. */
export const apiTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  apiDown,
  nonsense,
  fc.constant<Trouble>({ kind: 'api-answer-lost' }),
  fc
    .integer({ min: 100, max: SLOWEST_MS })
    .map((milliseconds): Trouble => ({ kind: 'api-slow', milliseconds })),
);

export const storeTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.constantFrom<Trouble>({ kind: 'parameters-unreadable' }, { kind: 'credentials-unreadable' }),
  fc
    .integer({ min: 1, max: 5000 })
    .map((milliseconds): Trouble => ({ kind: 'parameters-stale', milliseconds })),
  fc
    .record({ which: fc.constantFrom('session', 'access-token', 'both'), committed: fc.boolean() })
    .map(({ which, committed }): Trouble => ({ kind: 'parameters-unwritable', which, committed })),
);

export const functionTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.constant<Trouble>({ kind: 'cold-starts' }),
  fc.integer({ min: 0, max: 16 }).map((afterAwaits): Trouble => ({ kind: 'crash', afterAwaits })),
);

/** Retries come only when the visibility timeout ends; and messages that are done with come again. */
export const queueTrouble = fc.constantFrom<Trouble>(
  { kind: 'queue-changes-fail' },
  { kind: 'deletes-fail' },
);

export const revocation = fc.constant<Happening>({ kind: 'revoke' });

export const credentialsChange: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom('right', 'wrong', 'malformed').map((are): Happening => ({ kind: 'credentials', are })),
  fc.constant<Happening>({ kind: 'new-password' }),
);

export const consumers: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('requests'),
  count: fc.integer({ min: 1, max: 30 }),
  body: fc.record(
    { rejected: fc.constantFrom('this', 'before', 'next'), retryRefused: fc.boolean() },
    { requiredKeys: [] },
  ),
});

const hostileId = fc.string({ unit: fc.constantFrom(...'abcz-019_:/.'), minLength: 1, maxLength: 20 });
const rightButHostile = fc.record(
  {
    token: fc.constant(TOKEN),
    requestedBy: fc.constantFrom('schedule', 'operator', 'consumer'),
    rejectedVersion: fc.constantFrom(1, 1000, Number.MAX_SAFE_INTEGER),
    retryRefused: fc.boolean(),
  },
  { requiredKeys: ['token', 'requestedBy'] },
);
const likeARequest = fc.record(
  {
    token: fc.oneof(fc.constantFrom(TOKEN, OTHER_TOKEN, '__proto__', 'constructor'), fc.string()),
    requestedBy: fc.oneof(fc.constantFrom('schedule', 'operator', 'consumer'), fc.string()),
    rejectedVersion: fc.oneof(fc.integer(), fc.double(), fc.string()),
    retryRefused: fc.oneof(fc.boolean(), fc.string()),
  },
  { requiredKeys: [] },
);

/** Whatever someone with permission to send may send, to one message group or to several at once. */
export const hostileMessage: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('message'),
  groupIds: fc.uniqueArray(fc.oneof(fc.constantFrom(TOKEN, OTHER_TOKEN), hostileId), {
    minLength: 1,
    maxLength: 3,
  }),
  body: fc.oneof(
    rightButHostile.map((body) => JSON.stringify(body)),
    likeARequest.map((body) => JSON.stringify(body)),
    fc.json(),
    fc.string({ minLength: 1 }),
  ),
});

/** Interval and lifetime, in minutes: the usual one first, which is what counterexamples shrink to. */
const SCHEDULES: readonly Times[] = [
  [25, 30],
  [2, 5],
  [50, 60],
].map(([interval = 0, lifetime = 0]) => ({
  ...DEFAULT_TIMES,
  intervalSeconds: interval * 60,
  accessTokenLifetimeSeconds: lifetime * 60,
}));

export interface ScriptsProps {
  /** Length of the run. Default: 6. */
  readonly hours?: number;
  readonly troubles?: readonly fc.Arbitrary<Trouble>[];
  readonly happenings?: readonly fc.Arbitrary<Happening>[];
  /** Default: any of three. */
  readonly times?: fc.Arbitrary<Times>;
  /** How late ticks may be, in seconds. Default: 60. */
  readonly latestTick?: fc.Arbitrary<number>;
}

/** Random runs, with up to eight faults and eight happenings of these kinds. */
export function scripts({
  hours = 6,
  troubles = [],
  happenings = [],
  times = fc.constantFrom(...SCHEDULES),
  latestTick = fc.constant(60),
}: ScriptsProps): fc.Arbitrary<Script> {
  const at = fc.nat({ max: hours * 3600 });
  const fault = (): fc.Arbitrary<TimedFault> =>
    fc.record({
      trouble: fc.oneof(...troubles),
      at,
      lasts: fc.oneof(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 1800 }),
        fc.integer({ min: 1, max: 7200 }),
      ),
      share: fc.constantFrom(1, 1, 0.5, 0.1),
      only: fc.constantFrom(undefined, undefined, 'login', 'refresh'),
    });
  const moment = (): fc.Arbitrary<Moment> =>
    fc.tuple(at, fc.oneof(...happenings)).map(([when, happening]): Moment => ({ at: when, ...happening }));
  return fc.record({
    seed: fc.nat(),
    hours: fc.constant(hours),
    times,
    latestTick,
    faults: troubles.length === 0 ? fc.constant([]) : fc.array(fault(), { maxLength: 8 }),
    moments: happenings.length === 0 ? fc.constant([]) : fc.array(moment(), { maxLength: 8 }),
  });
}
