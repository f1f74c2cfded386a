import { closeSync, openSync, readSync } from 'node:fs';
import { wrongUse } from './options.ts';

/** A line of an export is one entry; a longer one is not an export. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const LINE_END = 0x0a;

/** The lines of a file of any size, without holding it in memory. */
export function* linesOf(file: string): Iterable<string> {
  const descriptor = openSync(file, 'r');
  const chunk = Buffer.alloc(64 * 1024);
  let rest = Buffer.alloc(0);
  try {
    for (;;) {
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
        yield textOf(bytes.subarray(from, end));
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > MAX_LINE_BYTES) throw wrongUse(`${file} is not an exported journal`);
    }
    if (rest.length > 0) yield textOf(rest);
  } finally {
    closeSync(descriptor);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An empty line for what is no UTF-8: neither is ever part of an export. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return '';
  }
}
