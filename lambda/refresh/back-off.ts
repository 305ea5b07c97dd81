import type { TokenSettings } from '../../contract/function-settings.ts';
import { pauseCapSeconds, SECOND } from '../../contract/times.ts';
import type { RefreshError } from './refresh-error.ts';

/** Pauses grow from about this to the cap. */
const FIRST_PAUSE_SECONDS = 5;

export interface BackOffProps {
  readonly failure: RefreshError;
  /** Attempts that have failed before this one. */
  readonly tries: number;
  readonly settings: TokenSettings;
  /** In [0, 1). */
  readonly random: number;
}

/** An answer that is no outage, and comes again, is not mended in seconds. */
const PAUSE_AFTER_ANSWER_SECONDS = 60;

/** Milliseconds until the next attempt, where no limit on logins says otherwise. */
export function backOffMs({ failure, tries, settings, random }: BackOffProps): number {
  const { retryAfterSeconds = 0 } = failure.fields;
  const cap = pauseCapSeconds(settings.intervalSeconds);
  const grown = Math.min(cap, FIRST_PAUSE_SECONDS * 2 ** Math.min(tries, 10));
  // Half of the pause is jitter, so that tokens of one API that fell together do not come back together.
  const pause = Math.ceil(grown * (0.5 + random / 2));
  const isAnswered = tries > 0 && (failure.kind === 'inconclusive' || failure.kind === 'refused');
  const least = isAnswered
    ? PAUSE_AFTER_ANSWER_SECONDS
    : Math.min(retryAfterSeconds, settings.intervalSeconds);
  return Math.max(pause, least) * SECOND;
}
