/** What was asked and is not answered yet, under names. */
export class Unanswered {
  readonly #asked = new Map<string, Set<Promise<unknown>>>();

  /** Passes on what it is answered. */
  async add<T>(name: string, asked: Promise<T>): Promise<T> {
    const all = this.#asked.get(name) ?? new Set();
    this.#asked.set(name, all.add(asked));
    try {
      return await asked;
    } finally {
      all.delete(asked);
      if (all.size === 0) this.#asked.delete(name);
    }
  }

  /** Resolves when all of it was answered, however that was; undefined when nothing is to be awaited. */
  of(name: string): Promise<void> | undefined {
    const all = this.#asked.get(name);
    return all && Promise.allSettled(all).then(() => undefined);
  }
}
