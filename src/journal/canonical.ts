import { LiveViewError } from '../core/errors.ts';
import type { Json } from './record.ts';

/** Deeper values are refused: nothing of ours nests so far, and a hostile export must not exhaust the stack. */
const MAX_DEPTH = 16;
/** With the `u` flag, pairs are one character, so that only halves match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether every character of the text is whole, which UTF-8 and thus the journal demand. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * The one text of a JSON value, RFC 8785 (JSON Canonicalization Scheme): no white space, members
 * sorted by the UTF-16 code units of their names, strings and numbers as ECMAScript writes them.
 *
 * @throws LiveViewError `not-canonical` for what has no such text: numbers that are not finite,
 *   lone surrogates, anything that is not JSON, too deep a value.
 */
export function canonicalJson(value: Json): string {
  return encode(value, 0);
}

function encode(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw notCanonical('nested too deep');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'string') return encodeString(value);
  if (typeof value !== 'object') throw notCanonical(`a ${typeof value} is not JSON`);
  if (isList(value)) return `[${value.map((item) => encode(item, depth + 1)).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${encodeString(name)}:${encode(value[name] as Json, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw notCanonical(`${value} is not a JSON number`);
  return JSON.stringify(value);
}

function encodeString(value: string): string {
  if (!isWellFormed(value)) throw notCanonical('a string holds half a character');
  return JSON.stringify(value);
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function notCanonical(why: string): LiveViewError {
  return new LiveViewError('not-canonical', `this value cannot be journalled: ${why}`);
}
