/** Of an object, an element of a list, a string: what it costs beside its content. */
const OVERHEAD = 16;
const MAX_DEPTH = 100;

/** Roughly the bytes that a value takes: views count by their length, whoever owns the memory. */
export function weightOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return OVERHEAD + value.length;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return OVERHEAD / 2;
  if (ArrayBuffer.isView(value)) return OVERHEAD + value.byteLength;
  const parts = isIterable(value) ? value : Object.values(value);
  let weight = OVERHEAD;
  for (const part of parts) weight += weightOf(part, depth + 1);
  return weight;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
