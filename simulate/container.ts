/**
 * A Lambda execution environment, as far as it can be lost: once its process is dead, by a crash or at the function's
 * time limit, whatever it waited for never comes.
 */
export class Container {
  #isDead = false;
  #awaitsLeft = Number.POSITIVE_INFINITY;

  get isDead(): boolean {
    return this.#isDead;
  }

  die(): void {
    this.#isDead = true;
  }

  /** Lets the process die at the await after so many; 0: at the next. Each call to the world has two. */
  dieAfter(awaits: number): void {
    this.#awaitsLeft = awaits;
  }

  /** Passes a call to the world. The process can die before it is sent, and before its answer is read. */
  async outside<T>(call: () => Promise<T>): Promise<T> {
    await this.#await();
    try {
      return await call();
    } finally {
      await this.#await();
    }
  }

  async #await(): Promise<void> {
    if (this.#awaitsLeft === 0) this.die();
    this.#awaitsLeft -= 1;
    if (this.#isDead) await new Promise<never>(() => {});
  }
}
