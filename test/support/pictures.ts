import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

type Colour = readonly [red: number, green: number, blue: number];

/** One colour all over. */
export function plain(format: 'png' | 'jpeg' | 'webp', size = { width: 64, height: 36 }) {
  return (colour: Colour): Promise<Buffer> => blank(size, colour).toFormat(format).toBuffer();
}

function blank(size: { width: number; height: number }, [r, g, b]: Colour) {
  return sharp({ create: { ...size, channels: 3, background: { r, g, b } } });
}

/** A JPEG whose metadata say where it was made, by whom, and more of the kind. */
export function jpegWithMetadata(canary: string): Promise<Buffer> {
  return blank({ width: 64, height: 36 }, [200, 30, 30])
    .jpeg()
    .withExif({
      IFD0: { Copyright: canary, Artist: canary, Software: canary },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 55/1 2041/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '4/1 28/1 4512/100',
      },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><note>${canary}</note></x:xmpmeta>`)
    .toBuffer();
}

/** A JPEG that is to be shown a quarter turn to the right: what is 64 × 36 in the file is 36 × 64. */
export function turnedJpeg(): Promise<Buffer> {
  return blank({ width: 64, height: 36 }, [30, 200, 30])
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

/** A comment segment (FE) behind the start of a JPEG, and the same text once more behind its end. */
export function jpegPolyglot(jpeg: Buffer, text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length + 2);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe]), length, Buffer.from(text)]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), Buffer.from(text)]);
}

/** A PNG chunk: length, type, data, CRC of the two (PNG, third edition §5.3). */
export function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A PNG of one bit a pixel, all white: a few kilobytes for millions of pixels. */
export function pngBomb(width: number, height: number, rows = height): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const row = Buffer.alloc(1 + Math.ceil(width / 8), 0xff);
  row[0] = 0;
  const packed = deflateSync(Buffer.alloc(row.length * rows, row), { level: 9 });
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', packed),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A text chunk that unpacks to `bytes` zeros (zTXt, §11.3.3.3), behind the header of a PNG. */
export function withTextBomb(png: Buffer, bytes: number): Buffer {
  const text = Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(bytes))]);
  const afterHeader = PNG_SIGNATURE.length + 25;
  return Buffer.concat([
    png.subarray(0, afterHeader),
    pngChunk('zTXt', text),
    png.subarray(afterHeader),
  ]);
}

/** The colour in the middle, each part of 0…255. */
export async function colourOf(picture: Buffer): Promise<number[]> {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * 3;
  return [...data.subarray(at, at + 3)];
}
