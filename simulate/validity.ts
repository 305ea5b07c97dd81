import type { Span } from './faults.ts';

/**
 * Watches one stored access token as a consumer would: when does the token API take it, when not? Time counts from the
 * first valid token on.
 */
export class Validity {
  /** The access token that is stored. */
  stored: string | undefined;
  readonly #now: () => number;
  readonly #isAccepted: (accessToken: string) => boolean;
  readonly #gaps: Span[] = [];
  #state: 'before the first' | 'valid' | 'invalid' = 'before the first';
  #invalidSince = 0;

  constructor({ now, isAccepted }: { now: () => number; isAccepted: (accessToken: string) => boolean }) {
    this.#now = now;
    this.#isAccepted = isAccepted;
  }

  /** To be called whenever something may have changed: a write, an expiry, a revocation. */
  look(): void {
    const isValid = this.isValid();
    const now = this.#now();
    if (isValid && this.#state === 'invalid') this.#gaps.push({ from: this.#invalidSince, to: now });
    if (!isValid && this.#state === 'valid') this.#invalidSince = now;
    if (isValid) this.#state = 'valid';
    else if (this.#state === 'valid') this.#state = 'invalid';
  }

  isValid(): boolean {
    return this.stored !== undefined && this.#isAccepted(this.stored);
  }

  /** Times without a valid token until now. */
  gaps(): readonly Span[] {
    this.look();
    if (this.#state !== 'invalid' || this.#invalidSince === this.#now()) return this.#gaps;
    return [...this.#gaps, { from: this.#invalidSince, to: this.#now() }];
  }
}
