/**
 * The little of Matroska (RFC 9559) by which ffmpeg is told of one stream, and when each picture of it is shown.
 *
 *   file     | EBML: "matroska" | Segment, without end: | Info: ticks of 1 ms | Tracks: one | Cluster | Cluster …
 *   Cluster  | Timestamp (64) | SimpleBlock: | track 1 | relative time 0 (16) | key frame (1) 0 (7) | picture |
 *
 * Each element (RFC 8794 §4) is | id | length, 1 in four bits and 28 bits | data |.
 */
const MAX_LENGTH = 2 ** 28 - 2;
const UNKNOWN_LENGTH = Buffer.from('01ffffffffffffff', 'hex');
const TICK_NS = 1_000_000;

export interface MatroskaTrack {
  /** Matroska's name of it, e.g. `V_MPEG2`. */
  readonly codecId: string;
  /** What a decoder has to know before the first picture. */
  readonly codecPrivate?: Buffer | undefined;
}

export function matroskaHeader({ codecId, codecPrivate }: MatroskaTrack): Buffer {
  const ebml = element('1a45dfa3', element('4282', text('matroska')), element('4285', u8(2)));
  const ticks = Buffer.alloc(4);
  ticks.writeUInt32BE(TICK_NS);
  const track = [
    ...[element('d7', u8(1)), element('73c5', u8(1)), element('83', u8(1))],
    ...[element('86', text(codecId))],
    ...(codecPrivate ? [element('63a2', codecPrivate)] : []),
  ];
  return Buffer.concat([
    ...[ebml, Buffer.from('18538067', 'hex'), UNKNOWN_LENGTH],
    ...[element('1549a966', element('2ad7b1', ticks))],
    element('1654ae6b', element('ae', ...track)),
  ]);
}

/** @param timeMs since the first. */
export function matroskaPicture(picture: Buffer, timeMs: number, keyFrame: boolean): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(timeMs));
  const block = Buffer.of(0x81, 0, 0, keyFrame ? 0x80 : 0);
  return element('1f43b675', element('e7', time), element('a3', block, picture));
}

function element(id: string, ...data: Buffer[]): Buffer {
  const length = data.reduce((sum, { length }) => sum + length, 0);
  if (length > MAX_LENGTH) throw new RangeError(`${length} bytes are too many for an element`);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x1000_0000 + length);
  return Buffer.concat([Buffer.from(id, 'hex'), size, ...data]);
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

function u8(value: number): Buffer {
  return Buffer.of(value);
}
