/** Of a word, by which it is found. */
const START = 6;
const BITS = 16;

/**
 * Words that are looked for in texts, all at once. How many there are does not matter, nor whether they begin alike:
 * where one may begin, it is asked once for each length.
 */
export class Words {
  /** In the order in which they were added. */
  readonly #words = new Set<string>();
  /** How many there are of each length, by their start. */
  readonly #lengths = new Map<string, Map<number, number>>();
  /** Whether some word begins with characters of that hash: most places of a text are done with here. */
  readonly #mayBegin = new Uint8Array(2 ** BITS);

  get size(): number {
    return this.#words.size;
  }

  get longest(): number {
    let longest = 0;
    for (const { length } of this.#words) longest = Math.max(longest, length);
    return longest;
  }

  /** @param word of six characters at least. */
  add(word: string): void {
    if (word.length < START || this.#words.has(word)) return;
    this.#words.add(word);
    this.#count(word, +1);
    this.#mayBegin[hashAt(word, 0)] = 1;
  }

  deleteOldest(): void {
    const [word] = this.#words;
    if (word === undefined) return;
    this.#words.delete(word);
    this.#count(word, -1);
  }

  /** Where each of them begins and ends. */
  *placesIn(text: string): Generator<[start: number, end: number]> {
    for (let at = 0; at + START <= text.length; at += 1) {
      if (this.#mayBegin[hashAt(text, at)] === 0) continue;
      for (const length of this.#lengths.get(text.slice(at, at + START))?.keys() ?? []) {
        if (this.#words.has(text.slice(at, at + length))) yield [at, at + length];
      }
    }
  }

  #count(word: string, by: 1 | -1): void {
    const start = word.slice(0, START);
    const lengths = this.#lengths.get(start) ?? new Map<number, number>();
    const now = (lengths.get(word.length) ?? 0) + by;
    if (now > 0) lengths.set(word.length, now);
    else lengths.delete(word.length);
    if (lengths.size > 0) this.#lengths.set(start, lengths);
    else this.#lengths.delete(start);
  }
}

/** Of four characters. */
function hashAt(text: string, at: number): number {
  const pair = text.charCodeAt(at) + text.charCodeAt(at + 1) * 31;
  const next = text.charCodeAt(at + 2) + text.charCodeAt(at + 3) * 31;
  return (pair * 331 + next) & (2 ** BITS - 1);
}
