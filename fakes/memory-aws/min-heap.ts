/** Hands out what was put in by the smallest key, in logarithmic time. */
export class MinHeap<T> {
  readonly #entries: { readonly key: number; readonly item: T }[] = [];

  push(key: number, item: T): void {
    const entries = this.#entries;
    const added = { key, item };
    let at = entries.push(added) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent];
      if (above === undefined || above.key <= key) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = added;
  }

  peek(): { readonly key: number; readonly item: T } | undefined {
    return this.#entries[0];
  }

  pop(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let at = 0;
    for (;;) {
      const child = this.#smallerChild(at);
      const below = entries[child];
      if (below === undefined || below.key >= last.key) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = last;
  }

  #smallerChild(at: number): number {
    const left = at * 2 + 1;
    const [a, b] = [this.#entries[left], this.#entries[left + 1]];
    return a !== undefined && b !== undefined && b.key < a.key ? left + 1 : left;
  }
}
