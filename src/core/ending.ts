/** Those who want to know of an end, each told once. */
export class Ending {
  readonly #listeners = new Set<() => void>();
  #over = false;

  get size(): number {
    return this.#listeners.size;
  }

  /** Whoever comes after the end is told at once. */
  add(listener: () => void): () => void {
    if (this.#over) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  run(): void {
    this.#over = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
