/**
 * What a JPEG says of itself (ITU-T T.81 annex B): segments, each a marker and, but for a few, a
 * length, up to the scan.
 *
 *   | FF D8 | FF xx | length | … | FF C0 | length | precision | height | width | … | FF DA | … | FF D9 |
 */
import { ByteReader } from '../core/bytes.ts';
import { LiveViewError } from '../core/errors.ts';

export interface JpegSize {
  readonly width: number;
  readonly height: number;
}

const SOI = 0xffd8;
const EOI = Buffer.of(0xff, 0xd9);
const SOS = 0xda;
/** Table B.1: start of frame is C0 to CF, except tables (C4), a reserved one (C8) and arithmetic coding (CC). */
const NO_FRAME: readonly number[] = [0xc4, 0xc8, 0xcc];

/**
 * Size of the picture in a complete JPEG.
 *
 * @throws LiveViewError `not-a-jpeg`, with the reason as its cause.
 */
export function jpegSize(bytes: Buffer): JpegSize {
  try {
    return readSize(bytes);
  } catch (cause) {
    throw new LiveViewError('not-a-jpeg', 'this is no JPEG, or not all of one', { cause });
  }
}

function readSize(bytes: Buffer): JpegSize {
  const reader = new ByteReader(bytes, 'JPEG');
  if (reader.u16() !== SOI) throw unfit('it does not begin as one');
  let size: JpegSize | undefined;
  for (let marker = nextMarker(reader); marker !== SOS; marker = nextMarker(reader)) {
    const segment = new ByteReader(reader.bytes(reader.u16() - 2), 'JPEG segment');
    if (isFrame(marker)) size ??= frameSize(segment);
  }
  if (!size) throw unfit('there is no frame header');
  if (bytes.indexOf(EOI, reader.offset) < 0) throw unfit('its end is missing');
  return size;
}

/** The byte after FF; fill bytes FF may come before it (§B.1.1.2). */
function nextMarker(reader: ByteReader): number {
  if (reader.u8() !== 0xff) throw unfit('a segment does not begin with a marker');
  let marker = reader.u8();
  while (marker === 0xff) marker = reader.u8();
  return marker;
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.includes(marker);
}

function frameSize(segment: ByteReader): JpegSize {
  segment.skip(1); // precision
  const height = segment.u16();
  const width = segment.u16();
  if (width > 0 && height > 0) return { width, height };
  throw unfit('its picture has no size');
}

function unfit(reason: string): LiveViewError {
  return new LiveViewError('malformed', `JPEG: ${reason}`);
}
