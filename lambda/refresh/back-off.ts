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

/** Least pause after an answer that is not an outage and was repeated. */
const PAUSE_AFTER_ANSWER_SECONDS = 60;

/** Milliseconds until the next attempt, unless a limit on logins requires more. */
export function backOffMs({ failure, tries, settings, random }: BackOffProps): number {
  const { retryAfterSeconds = 0 } = failure.fields;
  const cap = pauseCapSeconds(settings.intervalSeconds);
  const grown = Math.min(cap, FIRST_PAUSE_SECONDS * 2 ** Math.min(tries, 10));
  // Half of the pause is jitter, so that tokens of one API that failed together do not retry together.
  const pause = Math.ceil(grown * (0.5 + random / 2));
  const isAnswered = tries > 0 && (failure.kind === 'inconclusive' || failure.kind === 'refused');
  const least = isAnswered ? PAUSE_AFTER_ANSWER_SECONDS : 0;
  return Math.max(pause, least, Math.min(retryAfterSeconds, settings.intervalSeconds)) * SECOND;
}
