/** JPEG: a picture of its RTP payloads (RFC 2435). */

/*
 * §3.1, before each part of a picture, and §3.1.7 behind it where the type is 64 or more:
 *
 *   | type-specific (8) | fragment offset (24) | type (8) | Q (8) | width / 8 (8) | height / 8 (8) |
 *   | restart interval (16) | F L count (16) |
 *
 * §3.1.8, in the first part where Q is 128 or more:
 *
 *   | 0 (8) | precision (8) | length (16) | tables of 64 bytes …
 */
const JPEG_HEADER_BYTES = 8;
const RESTART_HEADER_BYTES = 4;
const TABLES_HEADER_BYTES = 4;
const TABLE_BYTES = 64;
/** One for each component at most. */
const MAX_TABLES = 3;

export function isJpegStart(payload: Buffer): boolean {
  return payload.length >= JPEG_HEADER_BYTES && payload.readUIntBE(1, 3) === 0;
}

export function jpegShape(payload: Buffer): number | undefined {
  return payload.length < JPEG_HEADER_BYTES ? undefined : payload.readUInt16BE(6);
}

/** Larger than 2040 there is no number for; senders write 0 and each has its own way to say more. */
export function jpegHindrance(payload: Buffer): string | undefined {
  if (payload.length < JPEG_HEADER_BYTES) return undefined;
  const { type } = headerOf(payload);
  if (type > 1) return `its JPEG is of type ${type}, which RFC 2435 does not define`;
  if (payload[6] !== 0 && payload[7] !== 0) return undefined;
  return 'its JPEG is larger than 2040 pixels, for which RTP has no number (RFC 2435)';
}

interface JpegHeader {
  readonly offset: number;
  /** 0: colours by two pixels, 1: by four. */
  readonly type: number;
  readonly hasRestarts: boolean;
  readonly headerBytes: number;
  readonly q: number;
  readonly width: number;
  readonly height: number;
}

function headerOf(payload: Buffer): JpegHeader {
  const type = payload.readUInt8(4);
  const hasRestarts = (type & 0x40) !== 0;
  return {
    offset: payload.readUIntBE(1, 3),
    type: type & 0xbf,
    hasRestarts,
    headerBytes: JPEG_HEADER_BYTES + (hasRestarts ? RESTART_HEADER_BYTES : 0),
    q: payload.readUInt8(5),
    width: payload.readUInt8(6) * 8,
    height: payload.readUInt8(7) * 8,
  };
}

/** For the pictures of one connection: of some (Q of 128 to 254) the tables are sent once. */
export function jpegDepacketizer(): (payloads: readonly Buffer[]) => Buffer[] {
  const known = new Map<number, Buffer>();
  return (payloads) => {
    const [first] = payloads;
    if (!first || first.length < JPEG_HEADER_BYTES + RESTART_HEADER_BYTES) return [];
    const header = headerOf(first);
    const { q, headerBytes } = header;
    const told = q < 128 ? { tables: scaledTables(q), bytes: 0 } : toldTables(first, headerBytes);
    const tables = told && told.tables.length > 0 ? told.tables : known.get(q);
    const scan = told && scanOf(payloads, headerBytes, told.bytes);
    if (!tables || !scan) return [];
    if (q >= 128 && q < 255) known.set(q, tables);
    const restart = header.hasRestarts ? first.readUInt16BE(JPEG_HEADER_BYTES) : 0;
    return [Buffer.concat([fileHeader(header, tables, restart), ...scan, EOI])];
  };
}

/** Undefined when they are of another precision than eight bits, or not there. */
function toldTables(payload: Buffer, at: number): { tables: Buffer; bytes: number } | undefined {
  const bytes = payload.subarray(at);
  if (bytes.length < TABLES_HEADER_BYTES || bytes[1] !== 0) return undefined;
  const length = bytes.readUInt16BE(2);
  const end = TABLES_HEADER_BYTES + length;
  const isSound = length % TABLE_BYTES === 0 && length <= MAX_TABLES * TABLE_BYTES;
  if (!isSound || end > bytes.length) return undefined;
  return { tables: Buffer.from(bytes.subarray(TABLES_HEADER_BYTES, end)), bytes: end };
}

/** Undefined when a part is not where it says that it is. */
function scanOf(payloads: readonly Buffer[], head: number, tables: number): Buffer[] | undefined {
  const parts: Buffer[] = [];
  let length = 0;
  for (const payload of payloads) {
    if (payload.length < JPEG_HEADER_BYTES || headerOf(payload).offset !== length) return undefined;
    const part = payload.subarray(head + (parts.length === 0 ? tables : 0));
    parts.push(part);
    length += part.length;
  }
  return parts;
}

const EOI = Buffer.of(0xff, 0xd9);

/**
 * ITU-T T.81 §B.2, without Huffman tables: a decoder takes those of its §K.3, which RFC 2435 §3.1.3 prescribes.
 * One table is for all components; of two the second is for colours.
 */
function fileHeader({ type, width, height }: JpegHeader, tables: Buffer, restart: number): Buffer {
  const count = tables.length / TABLE_BYTES;
  const quantization = Array.from({ length: count }, (_, n) => [
    n,
    ...tables.subarray(n * TABLE_BYTES, (n + 1) * TABLE_BYTES),
  ]);
  const ofColours = count > 1 ? 1 : 0;
  const sampling = type === 0 ? 0x21 : 0x22;
  const components = [1, sampling, 0, 2, 0x11, ofColours, 3, 0x11, ofColours];
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xdb, quantization.flat()),
    ...(restart > 0 ? [segment(0xdd, [restart >> 8, restart & 255])] : []),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 3, ...components]),
    segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]);
}

function segment(marker: number, data: readonly number[]): Buffer {
  const length = data.length + 2;
  return Buffer.of(0xff, marker, length >> 8, length & 255, ...data);
}

/** ITU-T T.81 tables K.1 and K.2, in the order in which a file has them (zigzag). */
const LUMINANCE = [
  ...[16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40],
  ...[26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51],
  ...[56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87],
  ...[95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99],
];
const COLOURS = [17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66];

/** RFC 2435 §4.2. */
function scaledTables(q: number): Buffer {
  const factor = Math.min(Math.max(q, 1), 99);
  const percent = factor < 50 ? Math.floor(5_000 / factor) : 200 - 2 * factor;
  const colours = Array.from({ length: TABLE_BYTES }, (_, n) => COLOURS[n] ?? 99);
  return Buffer.from(
    [...LUMINANCE, ...colours].map((value) =>
      Math.min(Math.max(Math.floor((value * percent + 50) / 100), 1), 255),
    ),
  );
}
