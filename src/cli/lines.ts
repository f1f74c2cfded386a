import { closeSync, openSync, readSync } from 'node:fs';

/** A line is one entry of an export, or one flow of the record of what left; neither is longer. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const LINE_END = 0x0a;
/** Instead of what can be no line of ours: too long, or no UTF-8. Neither JSON nor empty. */
const NO_LINE = '\uFFFD';

/** The lines of a file of any size, without holding it in memory. */
export function* linesOf(file: string): Iterable<string> {
  const descriptor = openSync(file, 'r');
  const chunk = Buffer.alloc(64 * 1024);
  let rest = Buffer.alloc(0);
  let isTooLong = false;
  try {
    for (;;) {
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
        yield isTooLong ? NO_LINE : textOf(bytes.subarray(from, end));
        isTooLong = false;
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length <= MAX_LINE_BYTES) continue;
      isTooLong = true;
      rest = Buffer.alloc(0);
    }
    if (isTooLong) yield NO_LINE;
    else if (rest.length > 0) yield textOf(rest);
  } finally {
    closeSync(descriptor);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return NO_LINE;
  }
}
