/**
 * What a message says (DC-09 §5.5.1.7 to §5.5.1.9), once it is decrypted:
 *
 *   #1409|Nri1/HA1 ] [Vhttp://…] [X004E29.1] _20:38:07,08-27-2026
 *         data         extended data           timestamp
 *
 * Whatever else stands there (one panel fills up with what was in its memory) is not looked at.
 */
import { parseTimestamp } from './timestamp.ts';
import { fromWindows1252 } from './windows-1252.ts';

export interface Content {
  /** Of the data, upper case; undefined when it names none. */
  readonly account: string | undefined;
  readonly data: string;
  /** By their letter; the first of each. */
  readonly extended: ReadonlyMap<string, string>;
  readonly timestamp: Timestamp | undefined;
}

export interface Timestamp {
  readonly text: string;
  /** Undefined when it is no moment. */
  readonly unixMs: number | undefined;
}

const DATA = /^(?:#?([0-9A-F]{3,16})?\|)?(.*)$/is;
const EXTENDED = /\[([A-Z])([^[\]]*)\]/y;
const TIMESTAMP = /_(\d\d:\d\d:\d\d,\d\d-\d\d-\d{4})\s*$/;

/** Undefined when it does not end. */
export function parseContent(bytes: Buffer): Content | undefined {
  const text = fromWindows1252(bytes);
  const end = text.indexOf(']');
  if (end < 0) return undefined;
  const [, account, data = ''] = DATA.exec(text.slice(0, end)) ?? [];
  const extended = new Map<string, string>();
  EXTENDED.lastIndex = end + 1;
  for (let field = EXTENDED.exec(text); field; field = EXTENDED.exec(text)) {
    const [, letter = '', value = ''] = field;
    if (!extended.has(letter)) extended.set(letter, printable(value));
  }
  return {
    account: account?.toUpperCase(),
    data: printable(data),
    extended,
    timestamp: timestampOf(text.slice(end + 1)),
  };
}

function timestampOf(tail: string): Timestamp | undefined {
  const text = TIMESTAMP.exec(tail)?.[1];
  return text === undefined ? undefined : { text, unixMs: parseTimestamp(text) };
}

/** Panels show what people typed; what moves a cursor is not part of it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}
