/** Words of a format that is text. */
export function texts(...words: readonly string[]): Buffer[] {
  return words.map((word) => Buffer.from(word));
}

/** Words of a format that is none, in hexadecimal, apart by spaces. */
export function hexes(words: string): Buffer[] {
  return words.split(' ').map((word) => Buffer.from(word, 'hex'));
}

export const JSON_WORDS: readonly Buffer[] = [
  ...texts('{', '}', '[', ']', ',', ':', '"type"', '"__proto__"', '"constructor"', 'null', '1e999'),
];
