import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { MinHeap } from '../fakes/memory-aws/min-heap.ts';

type Action = () => void;

/**
 * Time that passes only when nothing is left to do: the next action runs, then every promise that it settled runs to
 * its next wait, then time jumps on. The same actions always run in the same order: first by time, then as they came.
 */
export class VirtualTime {
  readonly #times = new MinHeap<readonly Action[]>();
  readonly #actionsAt = new Map<number, Action[]>();
  #now: number;

  /** @param start milliseconds since the epoch. */
  constructor(start = 0) {
    this.#now = start;
  }

  /** Milliseconds since the epoch. A property, so that it can be handed on as a clock. */
  readonly now = (): number => this.#now;

  /** Runs an action at that time, or next if that is past. */
  at(time: number, action: Action): void {
    const due = Math.max(time, this.#now);
    const others = this.#actionsAt.get(due);
    if (others !== undefined) {
      others.push(action);
      return;
    }
    const actions = [action];
    this.#actionsAt.set(due, actions);
    this.#times.push(due, actions);
  }

  /** Runs an action so many milliseconds from now; what it returns takes that back. */
  after(milliseconds: number, action: Action): Action {
    let isCancelled = false;
    this.at(this.#now + milliseconds, () => {
      if (!isCancelled) action();
    });
    return () => {
      isCancelled = true;
    };
  }

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => this.at(this.#now + milliseconds, resolve));

  /** Lets time pass until then, everything due at that moment included. */
  async runUntil(end: number): Promise<void> {
    let actions = 0;
    await Promise.resolve();
    await allSettled();
    for (let next = this.#times.peek(); next !== undefined && next.key <= end; next = this.#times.peek()) {
      this.#now = next.key;
      // An action may add others for the same moment.
      for (const action of next.item) {
        action();
        await allSettled();
        // The real world has its turn now and then, too.
        if (++actions % 1000 === 0) await setImmediate();
      }
      this.#times.pop();
      this.#actionsAt.delete(next.key);
    }
    this.#now = Math.max(this.#now, end);
  }
}

/** Asked for from a promise's reaction, the next tick comes when no other reaction is left to run. */
const allSettled = (): Promise<void> => new Promise((resolve) => nextTick(resolve));
