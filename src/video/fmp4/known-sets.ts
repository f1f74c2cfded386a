/**
 * Parameter sets of one kind that are in force, by their identifiers: another with the same number
 * takes the place of the first (ITU-T H.264 §7.4.1.2.1, H.265 §7.4.2.4.2).
 */
export class KnownSets<T extends { readonly id: number }> {
  readonly #most: number;
  readonly #parse: (nal: Uint8Array) => T;
  /** In order of arrival. */
  readonly #sets = new Map<number, { nal: Buffer; parsed: T }>();

  /** @param most as many as a configuration record can hold, or fewer. */
  constructor(most: number, parse: (nal: Uint8Array) => T) {
    this.#most = most;
    this.#parse = parse;
  }

  /** True when it differs from what was in force. @throws what the parser throws; nothing has changed then. */
  take(nal: Uint8Array): boolean {
    for (const known of this.#sets.values()) if (known.nal.equals(nal)) return false;
    const parsed = this.#parse(nal);
    this.#sets.delete(parsed.id);
    this.#sets.set(parsed.id, { nal: Buffer.from(nal), parsed });
    const [oldest] = this.#sets.keys();
    if (this.#sets.size > this.#most && oldest !== undefined) this.#sets.delete(oldest);
    return true;
  }

  /** The one that came last. */
  get newest(): T | undefined {
    return [...this.#sets.values()].at(-1)?.parsed;
  }

  get nals(): Buffer[] {
    return [...this.#sets.values()].map((set) => set.nal);
  }
}
