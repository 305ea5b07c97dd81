import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, SECOND } from '../../contract/times.ts';
import type { RefreshRequest } from './request.ts';
import type { Session } from './session.ts';

/** SQS hands out nothing of a message group behind a hidden message, so a request hides for no longer than this. */
export const LONGEST_HIDING = 20 * SECOND;

/** However long the token API asks to wait, a request ends this long after the next scheduled one is due. */
const OVERTIME = 5 * 60 * SECOND;

/** How a request waits for its next try. Times in milliseconds since the epoch. */
export type Wait =
  /** Its message is hidden until then. */
  | { readonly how: 'hidden'; readonly until: number }
  /** Its message is done with: a wake-up comes then, and is to be sent, unless the session names one already. */
  | { readonly how: 'wake-up'; readonly until: number; readonly isNew: boolean }
  /** Its message is done with: the next tick comes first. */
  | { readonly how: 'next tick'; readonly until: number };

/** The way to wait that blocks nobody. */
export function waitUntil(
  until: number,
  {
    request,
    settings,
    session,
    now,
  }: {
    readonly request: RefreshRequest;
    readonly settings: TokenSettings;
    readonly session: Session;
    readonly now: number;
  },
): Wait {
  if (until - now <= LONGEST_HIDING) return { how: 'hidden', until };
  if (until >= request.sentAt + settings.intervalSeconds * SECOND) return { how: 'next tick', until };
  const { wakeUpAt = 0 } = session;
  // A pending wake-up may stand for the tick before, and then goes no further than this tick, which needs its own.
  return request.requestedBy !== 'schedule' && wakeUpAt > now && wakeUpAt <= until
    ? { how: 'wake-up', until: wakeUpAt, isNew: false }
    : { how: 'wake-up', until, isNew: true };
}

/** Until when a message may stay hidden at the most: by then the next tick has taken over. */
export const latestHiding = (request: RefreshRequest, settings: TokenSettings, now: number): number =>
  Math.max(now + SECOND, request.sentAt + settings.intervalSeconds * SECOND + OVERTIME);

/** No wake-up waits longer, in milliseconds: what is due after the next tick needs none. */
export const longestWait = ({ intervalSeconds }: TokenSettings): number =>
  (intervalSeconds + LIMITS.schedulePrecisionSeconds) * SECOND;
