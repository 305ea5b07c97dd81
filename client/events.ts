import type { TokenErrorCode } from './errors.ts';

/** What a client did, for counters and logs. Holds no secret. */
export type TokenEvent =
  /** One read of the parameter, SDK retries included. */
  | {
      readonly type: 'read';
      /** Whether it brought another token than the one at hand; an equal one may have been written again. */
      readonly outcome: 'new' | 'unchanged';
      readonly durationMs: number;
      /** Version of the parameter. */
      readonly version: number;
      /** How long ago it was written. */
      readonly ageMs: number;
    }
  /** While the token at hand lives, callers go on with it and see nothing of this. */
  | {
      readonly type: 'read';
      readonly outcome: 'failed';
      readonly durationMs: number;
      readonly code: TokenErrorCode;
      /** Whether a token is at hand that lives. */
      readonly tokenAtHand: boolean;
    }
  /** The API answered 401 to that version. Once for all who wait for the same successor. */
  | { readonly type: 'rejected'; readonly version: number }
  /** The refresher was asked for a successor of that version. */
  | { readonly type: 'refresh-requested'; readonly version: number }
  /** A successor was found, or not, that long after the 401. */
  | {
      readonly type: 'recovered' | 'not-recovered';
      readonly rejectedVersion: number;
      readonly durationMs: number;
    };

/** Is called at once and in the middle of things: should be quick. What it throws or rejects with is ignored. */
export type TokenEventListener = (event: TokenEvent) => void;

/** A listener that cannot do harm. */
export function safely(listener: TokenEventListener | undefined): TokenEventListener {
  return (event) => {
    // A broken counter must not cost anyone a token, nor an async one end the process.
    try {
      Promise.resolve(listener?.(event)).catch(() => {});
    } catch {}
  };
}
