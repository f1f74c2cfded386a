import { Buffer } from 'node:buffer';
import type { Words } from './words.ts';

interface Escaping {
  readonly escapes: RegExp;
  /** What one stands for. */
  readonly plain: (escaped: string) => string;
}

const PERCENT =
  /%u[\da-f]{4}|%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}|%[89a-f][\da-f]/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};
const CONTROLS: Readonly<Record<string, string>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '0': '\0' },
};

/** RFC 3986 §2.1, forms and `escape` of JavaScript; JSON (RFC 8259 §7) and what shells print; XML 1.0 §4.1. */
const ESCAPINGS: readonly Escaping[] = [
  { escapes: PERCENT, plain: unpercented },
  {
    escapes: new RegExp(`${PERCENT.source}|\\+`, 'gi'),
    plain: (escaped) => (escaped === '+' ? ' ' : unpercented(escaped)),
  },
  {
    escapes: /\\(?:u[\da-f]{4}|x[\da-f]{2}|[\s\S])/gi,
    plain: ([, kind = '', ...code]) =>
      code.length > 0 ? ofCode(code.join(''), 16) : (CONTROLS[kind] ?? kind),
  },
  {
    escapes: /&(?:#x[\da-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi,
    plain: (escaped) => ENTITIES[escaped.toLowerCase()] ?? ofReference(escaped),
  },
];
/** JSON in JSON in a URL. */
const MAX_DEPTH = 3;
/** Of characters that `longestEscaped` counts with: `%25E2` for each byte of three. */
const LONGEST_ESCAPE = 15;

/** How long a text of `length` characters is at most when it is escaped, and that again. */
export function longestEscaped(length: number): number {
  return length * LONGEST_ESCAPE;
}

/** A text that was read, and where in the original each of its characters begins; the end of it is the last. */
interface Read {
  readonly text: string;
  readonly from: Uint32Array;
}

/** Characters that are read for one text at most, however its escapes are mixed: some 50 ms of a slow processor. */
const MOST_READ = 500_000;

/**
 * The text with `instead` for every one of `words`, also where escapes stand for some or all of its characters:
 * percent-encoding, JSON, XML, and one within the other. A long text in which they are mixed so that it may be
 * read in too many ways is `instead` as a whole.
 */
export function replaceEscaped(text: string, words: Words, instead: string): string {
  if (words.size === 0) return text;
  const found = [...words.placesIn(text)];
  let reads: Read[] = [
    { text, from: Uint32Array.from({ length: text.length + 1 }, (_, at) => at) },
  ];
  let left = MOST_READ;
  const seen = new Set([text]);
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const deeper: Read[] = [];
    for (const read of reads) {
      for (const escaping of ESCAPINGS) {
        const next = unescaped(read, escaping);
        if (next === undefined || seen.has(next.text)) continue;
        left -= next.text.length;
        if (left < 0) return instead;
        seen.add(next.text);
        deeper.push(next);
        for (const [start, end] of words.placesIn(next.text)) {
          found.push([next.from[start] ?? 0, next.from[end] ?? 0]);
        }
      }
    }
    reads = deeper;
  }
  return withInstead(text, found, instead);
}

/** Undefined when there are none of these. What an escape stands for is never longer than it. */
function unescaped({ text, from }: Read, { escapes, plain }: Escaping): Read | undefined {
  const pieces: string[] = [];
  const origins = new Uint32Array(text.length + 1);
  let [done, count] = [0, 0];
  for (const { 0: escaped, index } of text.matchAll(escapes)) {
    const character = plain(escaped);
    pieces.push(text.slice(done, index), character);
    origins.set(from.subarray(done, index), count);
    count += index - done;
    origins.fill(from[index] ?? 0, count, count + character.length);
    count += character.length;
    done = index + escaped.length;
  }
  if (pieces.length === 0) return undefined;
  origins.set(from.subarray(done), count);
  pieces.push(text.slice(done));
  return { text: pieces.join(''), from: origins.subarray(0, count + from.length - done) };
}

function withInstead(text: string, places: [number, number][], instead: string): string {
  let clean = '';
  let done = 0;
  for (const [start, end] of places.sort(([a], [b]) => a - b)) {
    if (start >= done) clean += text.slice(done, start) + instead;
    done = Math.max(done, end);
  }
  return clean + text.slice(done);
}

/** What is no UTF-8 is Latin-1, as `escape` writes it. */
function unpercented(escaped: string): string {
  if (/^%u/i.test(escaped)) return ofCode(escaped.slice(2), 16);
  const bytes = Buffer.from(escaped.replaceAll('%', ''), 'hex');
  return bytes.toString(bytes.length === 1 ? 'latin1' : 'utf8');
}

function ofReference(reference: string): string {
  const hex = /^&#x(.*);/i.exec(reference)?.[1];
  return hex === undefined ? ofCode(reference.slice(2, -1), 10) : ofCode(hex, 16);
}

function ofCode(digits: string, base: 10 | 16): string {
  const code = Number.parseInt(digits, base);
  return code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code);
}
