/**
 * Messages as a panel writes them, from SIA DC-09:
 *
 *   LF CRC 0LLL "id" seq Rrcvr Lpref #acct [data] [extended…] _HH:MM:SS,MM-DD-YYYY CR
 *
 * With a key, everything behind the first bracket is encrypted, and the id begins with an asterisk.
 */
import { randomBytes } from 'node:crypto';
import { encryptChain } from './block-chain.ts';
import { checksum } from './checksum.ts';

/** How panels differ from the standard, or from each other. */
export interface PanelHabits {
  /** The CRC as two bytes, not four digits. */
  readonly binaryCrc?: boolean;
  /** CRC and length count the CR (ELDES). */
  readonly countsCr?: boolean;
  /** Written behind the message: some send a NUL. */
  readonly trailer?: string;
}

export interface PanelMessage {
  /** `SIA-DCS`, `ADM-CID` or `NULL`. */
  readonly id: string;
  /** 1 to 9999; 0 for supervision. */
  readonly sequence: number;
  /** Hexadecimal digits behind `R`; left out unless given. */
  readonly receiver?: string | undefined;
  /** Hexadecimal digits behind `L`; may be empty. */
  readonly prefix: string;
  /** Empty for a panel that has none to set. */
  readonly account: string;
  /** Between the brackets. */
  readonly data: string;
  /** `Vhttp://…`, each in brackets of its own. */
  readonly extended?: readonly string[];
  /** Unix ms; left out unless given, which an encrypted message must not. */
  readonly timeUnixMs?: number | undefined;
}

/** The bytes on the wire. Text is Windows-1252. */
export function writeMessage(
  message: PanelMessage,
  key?: Buffer,
  habits: PanelHabits = {},
): Buffer {
  const body = Buffer.from(bodyOf(message, key), 'latin1');
  const counted = habits.countsCr ? Buffer.concat([body, Buffer.from('\r')]) : body;
  const crc = checksum(counted);
  return Buffer.concat([
    Buffer.from('\n'),
    habits.binaryCrc ? Buffer.from([crc >>> 8, crc & 255]) : Buffer.from(digits(crc)),
    Buffer.from(digits(counted.length)),
    body,
    Buffer.from(`\r${habits.trailer ?? ''}`, 'latin1'),
  ]);
}

function bodyOf(message: PanelMessage, key: Buffer | undefined): string {
  const { id, sequence, receiver, prefix, account, data, extended = [], timeUnixMs } = message;
  const head = [
    `"${key ? '*' : ''}${id}"`,
    String(sequence).padStart(4, '0'),
    receiver === undefined ? '' : `R${receiver}`,
    `L${prefix}`,
    account === '' ? '' : `#${account}`,
    '[',
  ].join('');
  const time = timeUnixMs === undefined ? '' : `_${stamp(timeUnixMs)}`;
  const content = `${data}]${extended.map((field) => `[${field}]`).join('')}${time}`;
  return head + (key ? encrypted(content, key) : content);
}

/** Bytes of any value but those that end something, then a bar, then what is meant. */
function encrypted(content: string, key: Buffer): string {
  const missing = (16 - ((content.length + 1) % 16)) % 16;
  const padding = [...randomBytes(missing)].map((byte) =>
    '|[]'.includes(String.fromCharCode(byte)) ? 0 : byte,
  );
  const plain = Buffer.concat([Buffer.from(padding), Buffer.from(`|${content}`, 'latin1')]);
  return encryptChain(key, plain).toString('hex').toUpperCase();
}

/** `HH:MM:SS,MM-DD-YYYY`, UTC. */
export function stamp(unixMs: number): string {
  const at = new Date(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${time},${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}-${at.getUTCFullYear()}`;
}

function digits(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}
