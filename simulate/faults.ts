import type { Call } from '../lambda/token-api/answer.ts';
import type { HttpAnswer } from '../lambda/token-api/http.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A stretch of time, its end excluded. Milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What can be wrong with the world around the function. */
export type Trouble =
  /** The token API's host turns connections away at once, ... */
  | { readonly kind: 'api-refuses' }
  /** ... takes them and never answers, ... */
  | { readonly kind: 'api-hangs' }
  /** ... takes this long to answer, ... */
  | { readonly kind: 'api-slow'; readonly milliseconds: number }
  /** ... answers this and does nothing, ... */
  | { readonly kind: 'api-answers'; readonly answer: HttpAnswer }
  /** ... or does the work, and the connection breaks before the answer is through. */
  | { readonly kind: 'api-answer-lost' }
  | { readonly kind: 'parameters-unreadable' }
  /** Reads may miss what was written in the last so many milliseconds. */
  | { readonly kind: 'parameters-stale'; readonly milliseconds: number }
  /** Writes of one parameter, or of both, fail; `committed`: though the value was stored. */
  | { readonly kind: 'parameters-unwritable'; readonly which: Which; readonly committed: boolean }
  | { readonly kind: 'credentials-unreadable' }
  /** Changes of a message's visibility and moves to the dead-letter queue fail. */
  | { readonly kind: 'queue-changes-fail' }
  /** A message that is done with is not deleted: it comes again. */
  | { readonly kind: 'deletes-fail' }
  /** Runs die at that await. */
  | { readonly kind: 'crash'; readonly afterAwaits: number }
  /** Every run gets a new container. */
  | { readonly kind: 'cold-starts' };

export type Which = 'session' | 'access-token' | 'both';
export type TroubleKind = Trouble['kind'];

/** Trouble for a while. */
export type Fault = Trouble &
  Span & {
    /** Share of the calls or runs that it hits, 0 to 1. Default: all. */
    readonly share?: number;
    /** The one endpoint of the token API that it hits. Default: both. */
    readonly only?: Call | undefined;
  };

/** Says what is wrong at this moment of virtual time. */
export class Faults {
  readonly #faults: readonly Fault[];
  readonly #time: VirtualTime;
  readonly #random: () => number;

  constructor({
    faults,
    time,
    random,
  }: { faults: readonly Fault[]; time: VirtualTime; random: () => number }) {
    this.#faults = faults;
    this.#time = time;
    this.#random = random;
  }

  /** The trouble of that kind that hits a call, to that endpoint, or a run now, if any does. */
  hit<Kind extends TroubleKind>(kind: Kind, endpoint?: Call): Extract<Trouble, { kind: Kind }> | undefined {
    const now = this.#time.now();
    return this.#faults.find(
      (fault): fault is Extract<Fault, { kind: Kind }> =>
        fault.kind === kind &&
        fault.from <= now &&
        now < fault.to &&
        (fault.only === undefined || fault.only === endpoint) &&
        this.#strikes(fault),
    );
  }

  #strikes({ share = 1 }: Fault): boolean {
    return share >= 1 || this.#random() < share;
  }
}
