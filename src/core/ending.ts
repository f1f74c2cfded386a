/** Those who want to know of an end, each told once. */
export class Ending {
  readonly #listeners = new Set<() => void>();
  readonly #uses = new Set<() => void>();
  #over = false;

  get size(): number {
    return this.#listeners.size;
  }

  /** Whether anybody wants to know who uses what is to end. */
  get isInUse(): boolean {
    return this.#uses.size > 0;
  }

  /** Whoever comes after the end is told at once. */
  add(listener: () => void, isUse = true): () => void {
    if (this.#over) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    if (isUse) this.#uses.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#uses.delete(listener);
    };
  }

  run(): void {
    this.#over = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.#uses.clear();
    for (const listener of listeners) listener();
  }
}
