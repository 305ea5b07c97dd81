import type { TokenSettings } from '../../contract/function-settings.ts';
import { LIMITS, pauseCapSeconds, SECOND } from '../../contract/times.ts';
import type { RefreshError } from './refresh-error.ts';
import type { RefreshRequest } from './request.ts';

/** Pauses grow from about this to the cap. */
const FIRST_PAUSE_SECONDS = 5;

/** Credentials that may be tried again this soon are waited for; else the next scheduled request tries them. */
const WORTH_WAITING_SECONDS = 2 * 60;

/** However long the token API asks to wait, a request ends this long after the next scheduled one is due. */
const OVERTIME_SECONDS = 5 * 60;

export interface RetryProps {
  readonly failure: RefreshError;
  readonly request: RefreshRequest;
  readonly settings: TokenSettings;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * How long a failed request waits on the queue for its next attempt, in whole seconds; undefined: it ends here, and
 * new credentials or the next scheduled request go on.
 */
export function retryInSeconds({ failure, request, settings, now, random }: RetryProps): number | undefined {
  const { retryAfterSeconds = 0 } = failure.fields;
  const isRefused = failure.code === 'CredentialsRefused' || failure.code === 'AccountLocked';
  if (isRefused || failure.kind === 'credentials') {
    return retryAfterSeconds > 0 && retryAfterSeconds <= WORTH_WAITING_SECONDS
      ? retryAfterSeconds
      : undefined;
  }
  const isBlocked = failure.code === 'ApiForbidden' || failure.code === 'ApiRejectedRequest';
  const cap = isBlocked ? LIMITS.pauseCapSeconds.most : pauseCapSeconds(settings.intervalSeconds);
  const grown = Math.min(cap, FIRST_PAUSE_SECONDS * 2 ** Math.min(request.attempt - 1, 10));
  // Half of the pause is jitter, so that tokens of one API that fell together do not come back together.
  const pause = Math.ceil(grown * (0.5 + random / 2));
  const wanted = Math.max(pause, Math.min(retryAfterSeconds, settings.intervalSeconds));
  return Math.min(wanted, secondsLeft(request, settings, now));
}

/** How long a request may still be put off, in whole seconds, at least one: by then the next one has taken over. */
export function secondsLeft(request: RefreshRequest, settings: TokenSettings, now: number): number {
  const ageSeconds = (now - request.sentAt) / SECOND;
  return Math.max(1, Math.floor(settings.intervalSeconds + OVERTIME_SECONDS - ageSeconds));
}
