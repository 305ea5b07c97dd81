import { type FailureKind, kindOfFailure } from '../../contract/failures.ts';
import { HOUR, LOGIN_PAUSE_JITTER, loginPauseCapSeconds, MINUTE, SECOND } from '../../contract/times.ts';
import type { TokenApiSettings } from '../../contract/token-api.ts';
import type { FailedLogins } from './session.ts';

/*
 * How often a login may send the credentials. The answer to the latest login decides when the next is due. In addition, the
 * logins of the last 25 minutes are limited, whatever their answers. docs/design.md explains the table.
 */

/** Window of the limits. Common account locks count the wrong passwords of 15 to 30 minutes. */
export const WINDOW = 25 * MINUTE;

/** Longer than common account locks last. */
const PAST_THE_USUAL_LOCK = 35 * MINUTE;
/** New credentials may not be known to the whole API at once. */
const FIRST_REPEAT = MINUTE;
const FIRST_PAUSE = 10 * SECOND;
const LONGEST_PAUSE_OF_THROTTLED = 11 * MINUTE;

/** Failures of a login that may have reached the token API. */
export type AnsweredKind = 'refused' | 'inconclusive' | 'throttled' | 'outage' | 'unusable';

interface Row {
  /** Logins in any 25 minutes. */
  readonly most: (wereAccepted: boolean) => number;
  /** Milliseconds until the next login, after this many answers of this kind in a row. Infinity: never. */
  readonly pause: (times: number, wereAccepted: boolean, intervalSeconds: number) => number;
}

const doubling = (times: number, most: number): number =>
  Math.min(FIRST_PAUSE * 2 ** Math.min(times - 1, 20), most);

type As = TokenApiSettings['as'];
type Rows = Readonly<Record<AnsweredKind, Row>>;

const outageOf = (as: As): Row => ({
  most: () => 16,
  pause: (times, _, intervalSeconds) => doubling(times, loginPauseCapSeconds(as, intervalSeconds) * SECOND),
});

const OUTAGE = outageOf('account');

const ACCOUNT: Rows = {
  refused: {
    most: (wereAccepted) => (wereAccepted ? 1 : 2),
    pause: (times, wereAccepted) => {
      if (wereAccepted) return times === 1 ? PAST_THE_USUAL_LOCK : 24 * HOUR;
      return times === 1 ? FIRST_REPEAT : Number.POSITIVE_INFINITY;
    },
  },
  inconclusive: {
    most: () => 3,
    pause: (times, wereAccepted) => {
      if (times === 1) return FIRST_REPEAT;
      if (times === 2 || wereAccepted) return WINDOW / 2;
      return times === 3 ? 4 * HOUR : 24 * HOUR;
    },
  },
  throttled: { most: () => 8, pause: (times) => doubling(times, LONGEST_PAUSE_OF_THROTTLED) },
  outage: OUTAGE,
  unusable: OUTAGE,
};

/** Clients are not locked, so pauses are enough. */
const pausesOf = ({ pause }: Row): Row => ({ most: () => Number.POSITIVE_INFINITY, pause });
const CLIENT: Rows = {
  refused: pausesOf(ACCOUNT.inconclusive),
  inconclusive: pausesOf(ACCOUNT.inconclusive),
  throttled: pausesOf(OUTAGE),
  outage: pausesOf(outageOf('client')),
  unusable: pausesOf(OUTAGE),
};

const ROWS: Readonly<Record<As, Rows>> = { account: ACCOUNT, client: CLIENT };

/** Whether a login that failed like this may have sent the credentials. */
export const isAnswered = (kind: FailureKind): kind is AnsweredKind => Object.hasOwn(ACCOUNT, kind);

export interface DueProps {
  readonly failed: FailedLogins;
  /** Whether these credentials were accepted before. */
  readonly wereAccepted: boolean;
  readonly intervalSeconds: number;
  readonly as: As;
}

/**
 * When credentials may be sent again.
 *
 * @returns milliseconds since the epoch; Infinity: not until an operator acts.
 */
export function dueAt({ failed, wereAccepted, intervalSeconds, as }: DueProps): number {
  const { code, at, times, refusals, shown, notBefore = 0 } = failed;
  const kind = kindOfFailure(code);
  if (kind === 'malformed') return Number.POSITIVE_INFINITY;
  if (!isAnswered(kind)) return 0;
  const { most, pause } = ROWS[as][kind];
  const counted = kind === 'refused' ? refusals : times;
  const afterPause = at + pause(counted, wereAccepted, intervalSeconds) * (1 + jitterOf(failed, kind));
  const limit = shown.at(-most(wereAccepted));
  const asked = Math.min(notBefore, at + intervalSeconds * SECOND);
  return Math.max(afterPause, limit === undefined ? 0 : limit + WINDOW, asked);
}

/** Derived from the time of the failure, so that each call returns the same due time. */
const jitterOf = ({ at }: FailedLogins, kind: AnsweredKind): number =>
  kind === 'throttled' || kind === 'outage' || kind === 'unusable'
    ? ((at % 1_000) / 1_000) * LOGIN_PAUSE_JITTER
    : 0;
