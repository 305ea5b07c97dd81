/**
 * One piece of work that many callers wait for. A caller whose signal is aborted leaves at once; when the last one has
 * left, the work itself is aborted, so that nothing goes on that nobody waits for.
 */
export class SharedWork<T> {
  readonly #abort = new AbortController();
  readonly #promise: Promise<T>;
  #waiting = 0;
  #settled = false;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#promise = work(this.#abort.signal);
    const settle = () => {
      this.#settled = true;
    };
    // Each who waits is told of an error; with nobody left it is nobody's.
    this.#promise.then(settle, settle);
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
      if (this.#waiting === 0 && !this.#settled) this.abort();
    }
  }

  /** Who still waits gets the reason. */
  abort(reason?: Error): void {
    this.#abort.abort(reason);
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
