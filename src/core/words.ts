/** Of a word, by which it is found. */
const START = 6;
const BITS = 16;

/** Words that are looked for in texts, all at once: how many there are does not matter. */
export class Words {
  /** In the order in which they were added. */
  readonly #words = new Set<string>();
  readonly #byStart = new Map<string, string[]>();
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
    const start = word.slice(0, START);
    const alike = this.#byStart.get(start);
    if (alike) alike.push(word);
    else this.#byStart.set(start, [word]);
    this.#mayBegin[hashAt(word, 0)] = 1;
  }

  deleteOldest(): void {
    const [word = ''] = this.#words;
    this.#words.delete(word);
    const start = word.slice(0, START);
    const others = (this.#byStart.get(start) ?? []).filter((each) => each !== word);
    if (others.length > 0) this.#byStart.set(start, others);
    else this.#byStart.delete(start);
  }

  /** Where each of them begins and ends. */
  *placesIn(text: string): Generator<[start: number, end: number]> {
    for (let at = 0; at + START <= text.length; at += 1) {
      if (this.#mayBegin[hashAt(text, at)] === 0) continue;
      for (const word of this.#byStart.get(text.slice(at, at + START)) ?? []) {
        if (text.startsWith(word, at)) yield [at, at + word.length];
      }
    }
  }
}

/** Of four characters. */
function hashAt(text: string, at: number): number {
  const pair = text.charCodeAt(at) + text.charCodeAt(at + 1) * 31;
  const next = text.charCodeAt(at + 2) + text.charCodeAt(at + 3) * 31;
  return (pair * 331 + next) & (2 ** BITS - 1);
}
