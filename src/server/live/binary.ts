import type { Fragment } from '../../video/fragment.ts';
import { BINARY_HEADER_LENGTH } from '../protocol.ts';

const KIND_INIT = 1;
const KIND_FRAGMENT = 2;
const KIND_MPEG_TS = 3;
const FLAG_KEY_FRAME = 1;
const FLAG_AFTER_DROP = 2;

export interface BinaryHeader {
  readonly fragment: Fragment;
  readonly channel: number;
  /** Of this fragment on the channel; 32 bits on the wire, so it begins anew after 4 294 967 295. */
  readonly sequence: number;
  readonly afterDrop: boolean;
  /** What the init segment of this generation said. */
  readonly format: 'fmp4' | 'mpeg1';
}

/**
 * The header drawn in protocol.ts, without the payload: that is shared by all viewers and never
 * copied. An init segment has no capture time: 0.
 */
export function encodeHeader({
  fragment,
  channel,
  sequence,
  afterDrop,
  format,
}: BinaryHeader): Buffer {
  const media = fragment.kind === 'media';
  const header = Buffer.allocUnsafe(BINARY_HEADER_LENGTH);
  header[0] = format === 'mpeg1' ? KIND_MPEG_TS : media ? KIND_FRAGMENT : KIND_INIT;
  header[1] = (media && fragment.keyFrame ? FLAG_KEY_FRAME : 0) | (afterDrop ? FLAG_AFTER_DROP : 0);
  header.writeUInt16BE(channel, 2);
  header.writeUInt32BE(sequence % 2 ** 32, 4);
  writeUInt64(header, media ? fragment.captureUnixUs : 0, 8);
  return header;
}

/** Without a BigInt a fragment and viewer: Unix µs stay within 53 bits until the year 2255. */
function writeUInt64(target: Buffer, value: number, offset: number): void {
  target.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  target.writeUInt32BE(value % 2 ** 32, offset + 4);
}
