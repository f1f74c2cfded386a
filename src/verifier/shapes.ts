import { canonical, type Json, type JsonObject, sha256 } from './canonical.ts';
import { Fault } from './fault.ts';

const HASH = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const SALT = /^[0-9a-f]{32}$/;

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function has(value: JsonObject, names: string, optional = ''): boolean {
  const wanted = names.split(' ');
  const may = new Set([...wanted, ...optional.split(' ')]);
  return wanted.every((name) => name in value) && Object.keys(value).every((name) => may.has(name));
}

export const isText = (value: Json | undefined): value is string => typeof value === 'string';
export const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value);
const matches = (pattern: RegExp, value: Json | undefined): value is string =>
  isText(value) && pattern.test(value);

export const isHash = (value: Json | undefined): value is string => matches(HASH, value);
export const isSignature = (value: Json | undefined): value is string => matches(SIGNATURE, value);

export interface Entry {
  readonly seq: number;
  readonly timeUnixUs: number;
  readonly kind: string;
  readonly incident: string | null;
  readonly previousHash: string;
  readonly hash: string;
  readonly contentHash: string;
  /** Undefined where the content is not there. */
  readonly data: JsonObject | undefined;
}

const WHERE = 'seq timeUnixUs kind previousHash hash';

/** Rule 1. Undefined for what is no entry. */
export function entryOf(line: Json): Entry | undefined {
  if (!isObject(line)) return undefined;
  const { seq, timeUnixUs, kind, incident = null, previousHash, hash } = line;
  if (!isCount(seq) || seq < 1 || !isCount(timeUnixUs) || !isText(kind) || kind === '')
    return undefined;
  if (!isHash(previousHash) || !isHash(hash)) return undefined;
  if ('incident' in line && !isText(incident)) return undefined;
  const inside = contentOf(line);
  if (!inside) return undefined;
  const place = incident as string | null;
  return { seq, timeUnixUs, kind, incident: place, previousHash, hash, ...inside };
}

function contentOf(line: JsonObject): Pick<Entry, 'contentHash' | 'data'> | undefined {
  const { actor, data, salt, content } = line;
  if (has(line, `${WHERE} content`, 'incident')) {
    return isHash(content) ? { contentHash: content, data: undefined } : undefined;
  }
  if (!has(line, `${WHERE} actor data salt`, 'incident')) return undefined;
  if (!isObject(actor) || !has(actor, 'user role', 'controlRoom address')) return undefined;
  if (!Object.values(actor).every(isText) || !isObject(data) || !matches(SALT, salt))
    return undefined;
  return { contentHash: sha256(canonical({ actor, data, salt })), data };
}

export interface Header {
  readonly seq: number;
  readonly hash: string;
  readonly incident: string | null;
  /** The form that ends with a signed line. */
  readonly isSigned: boolean;
}

export function headerOf(line: Json): Header {
  if (isObject(line) && has(line, 'format head incident')) {
    const { format, head, incident = null } = line;
    const isSigned = format === 'liveview.journal.v2';
    const known = isSigned || format === 'liveview.journal.v1';
    if (
      known &&
      isObject(head) &&
      has(head, 'seq hash') &&
      (incident === null || isText(incident))
    ) {
      const { seq, hash } = head;
      if (isCount(seq) && seq >= 0 && isHash(hash)) return { seq, hash, incident, isSigned };
    }
  }
  throw new Fault(0, 'this is not an export of a journal');
}

export function isLastLine(line: Json): line is JsonObject {
  if (!isObject(line) || !isHash(line['sha256'])) return false;
  if (has(line, 'sha256')) return true;
  const { key, signature, timeUnixUs } = line;
  const whole = has(line, 'sha256 key signature timeUnixUs');
  return whole && isHash(key) && isSignature(signature) && isCount(timeUnixUs);
}
