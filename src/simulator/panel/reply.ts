/** What a receiver answers, read as a panel does: by its own CRC, its own key, and nothing of the receiver's code. */
import { LiveViewError } from '../../core/errors.ts';
import { decryptChain } from './block-chain.ts';
import { checksum } from './checksum.ts';

export interface PanelReply {
  readonly kind: 'ACK' | 'NAK' | 'DUH';
  readonly isEncrypted: boolean;
  readonly sequence: string;
  /** `R…L…#…` as it stands there. */
  readonly address: string;
  /** `HH:MM:SS,MM-DD-YYYY` where there is one. */
  readonly time: string | undefined;
}

const MAX_REPLY_BYTES = 1_024;
const BODY = /^"(\*?)(ACK|NAK|DUH)"(\d{4})([^[]*)\[(.*)$/;

/** The first whole reply in what has come in; undefined while it is not there. @throws LiveViewError `panel-reply` */
export function readReply(
  bytes: Buffer,
  key: Buffer | undefined,
  binaryCrc = false,
): PanelReply | undefined {
  const bodyAt = 1 + (binaryCrc ? 2 : 4) + 4;
  if (bytes.length > MAX_REPLY_BYTES) throw bad('it is far too long');
  if (bytes.length < bodyAt) return undefined;
  const length = Number.parseInt(bytes.toString('latin1', bodyAt - 4, bodyAt), 16);
  if (bytes[0] !== 0x0a || Number.isNaN(length)) throw bad('it does not begin as one');
  if (bytes.length <= bodyAt + length) return undefined;
  const body = bytes.subarray(bodyAt, bodyAt + length);
  if (bytes[bodyAt + length] !== 0x0d) throw bad('its length is wrong');
  const crc = binaryCrc
    ? bytes.readUInt16BE(1)
    : Number.parseInt(bytes.toString('latin1', 1, 5), 16);
  if (crc !== checksum(body)) throw bad('its CRC is wrong');
  return parseBody(body.toString('latin1'), key);
}

function parseBody(text: string, key: Buffer | undefined): PanelReply {
  const [, asterisk, kind = '', sequence = '', address = '', rest = ''] = BODY.exec(text) ?? [];
  if (kind !== 'ACK' && kind !== 'NAK' && kind !== 'DUH') throw bad('it is none that we know');
  const isEncrypted = asterisk === '*';
  const content = isEncrypted ? decrypted(rest, key) : rest;
  const [, time] = /^\](?:_(.{19}))?$/.exec(content) ?? [];
  if (!content.startsWith(']')) throw bad('it does not end as one');
  return { kind, isEncrypted, sequence, address, time };
}

function decrypted(hex: string, key: Buffer | undefined): string {
  if (!key) throw bad('it is encrypted, and we have no key');
  const plain = decryptChain(key, Buffer.from(hex, 'hex')).toString('latin1');
  return plain.slice(plain.indexOf('|') + 1);
}

function bad(why: string): LiveViewError {
  return new LiveViewError('panel-reply', `the reply cannot be read: ${why}`);
}
