/**
 * One piece of work that many callers wait for. A caller whose signal is aborted leaves at once. When the last caller has left,
 * the work itself is aborted.
 */
export class SharedWork<T> {
  readonly #abort = new AbortController();
  readonly #promise: Promise<T>;
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#promise = work(this.#abort.signal);
    // Prevents an unhandledRejection when no caller is left.
    this.#promise.catch(() => {});
  }

  /** Nobody may join any more. */
  get isAborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** @throws the signal's reason once it is aborted, or what the work throws. */
  async join(signal?: AbortSignal): Promise<T> {
    this.#waiting++;
    try {
      return await unlessAborted(this.#promise, signal);
    } finally {
      this.#waiting--;
      // Where it has ended, this changes nothing.
      if (this.#waiting === 0) this.#abort.abort();
    }
  }
}

/** Follows the promise until the signal is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
