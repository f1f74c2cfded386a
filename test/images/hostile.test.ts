import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { pdfOf, sheet } from '../support/pdf.ts';
import { colourOf, jpegPolyglot, plain, pngChunk } from '../support/pictures.ts';
import { pictureMaker } from './support.ts';

const maker = pictureMaker();
const CANARY = 'canary';
const HTML = Buffer.from(`<html><script>alert("${CANARY}")</script></html>`);
const GPS = {
  IFD0: { Artist: CANARY },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 55/1 2041/100' },
};

function coloured(colour: { r: number; g: number; b: number }, width = 64, height = 36) {
  return sharp({ create: { width, height, channels: 3, background: colour } });
}
const RED = { r: 250, g: 10, b: 10 };

/** What a viewer makes of it is a picture of one format alone, with nothing of what came beside it. */
async function isBare(source: Buffer): Promise<void> {
  expect(source.includes(CANARY)).toBe(true);
  const { bytes } = await maker.make(source);
  expect(bytes.includes(CANARY)).toBe(false);
  const { exif, xmp, icc, iptc, comments } = await sharp(bytes).metadata();
  expect([exif, xmp, icc, iptc, comments]).toEqual(Array(5).fill(undefined));
  const text = bytes.toString('latin1');
  for (const mark of ['GPS', 'Exif', '%PDF', 'PK\x03\x04', '<html'])
    expect(text).not.toContain(mark);
}

describe('where a picture was made, and by whom, is not passed on', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('by EXIF with a place, in a %s', async (format) => {
    const source = await coloured(RED).toFormat(format).withExif(GPS).toBuffer();
    expect((await sharp(source).metadata()).exif?.length).toBeGreaterThan(50);
    await isBare(source);
  });

  it.each(['jpeg', 'webp'] as const)('by XMP, in a %s', async (format) => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><note>${CANARY}</note></x:xmpmeta>`;
    await isBare(await coloured(RED).toFormat(format).withXmp(xmp).toBuffer());
  });
});

describe('what is something else too is a picture alone', () => {
  it.each(['png', 'jpeg', 'webp'] as const)(
    'a %s with a page of HTML behind it',
    async (format) => {
      await isBare(Buffer.concat([await plain(format)([250, 10, 10]), HTML]));
    },
  );

  it('a PNG with a page of HTML in a chunk of its own', async () => {
    const png = await plain('png')([250, 10, 10]);
    const chunk = pngChunk('heLl', HTML);
    await isBare(Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]));
  });

  it('a JPEG that readers of PDF take for one', async () => {
    const pdf = pdfOf({ pages: [sheet(0, 1, 0)], catalogue: `/Note (${CANARY})` });
    await isBare(jpegPolyglot(await plain('jpeg')([250, 10, 10]), pdf.toString('latin1')));
  });

  it('a PNG that is an archive too', async () => {
    const zip = Buffer.from(`PK\x03\x04${CANARY}PK\x05\x06`, 'latin1');
    await isBare(Buffer.concat([await plain('png')([250, 10, 10]), zip]));
  });

  it('a PDF with a file, a link and a program in it', async () => {
    const catalogue =
      `/OpenAction << /S /Launch /F (${CANARY}.exe) >> /URI << /Base (http://${CANARY}.example/) >> ` +
      `/Names << /EmbeddedFiles << /Names [(${CANARY}.html) << /F (${CANARY}.html) >>] >> >>`;
    const source = pdfOf({ pages: [sheet(1, 0, 0)], catalogue });
    await isBare(source);
    expect(await colourOf((await maker.make(source)).bytes)).toEqual([255, 0, 0]);
  });
});

describe('what moves has its first picture', () => {
  const frames = [RED, { r: 10, g: 250, b: 10 }, { r: 10, g: 10, b: 250 }];

  async function moving(): Promise<Buffer> {
    const all = await Promise.all(frames.map((each) => coloured(each).png().toBuffer()));
    return sharp(all, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
  }

  it('of a WebP', async () => {
    const source = await moving();
    expect((await sharp(source).metadata()).pages).toBe(3);
    const made = await maker.make(source);
    expect(made).toMatchObject({ width: 64, height: 36 });
    expect((await sharp(made.bytes).metadata()).pages ?? 1).toBe(1);
    const [red = 0, green = 255] = await colourOf(made.bytes);
    expect([red > 200, green < 60]).toEqual([true, true]);
  });

  it('and nothing when a WebP ends within it', async () => {
    const source = await moving();
    await expect(maker.make(source.subarray(0, 60))).rejects.toMatchObject({
      code: 'image-damaged',
    });
  });
});

describe('a little that becomes much is refused before it is unpacked', () => {
  it('a JPEG whose header says 65,000 × 65,000', async () => {
    const jpeg = Buffer.from(await plain('jpeg')([250, 10, 10]));
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    expect(frame).toBeGreaterThan(0);
    // ITU-T T.81 §B.2.2: marker, length, precision, then lines and samples a line.
    jpeg.writeUInt16BE(65_000, frame + 5);
    jpeg.writeUInt16BE(65_000, frame + 7);
    await expect(maker.make(jpeg)).rejects.toMatchObject({ code: 'image-too-large' });
  });

  it('a WebP of one colour, as large as they get', async () => {
    const source = await coloured(RED, 16_383, 16_383)
      .webp({ lossless: true, effort: 0 })
      .toBuffer();
    expect(source.length).toBeLessThan(2_000_000);
    await expect(maker.make(source)).rejects.toMatchObject({
      code: 'image-too-large',
      message: expect.stringContaining('16383 × 16383'),
    });
  }, 120_000);

  it('a picture with more layers of packing than one', async () => {
    const packed = deflateSync(deflateSync(Buffer.alloc(200 * 1024 * 1024)));
    const source = Buffer.concat([
      (await plain('png')([250, 10, 10])).subarray(0, 33),
      pngChunk('iCCP', Buffer.concat([Buffer.from('profile\0\0'), packed])),
      (await plain('png')([250, 10, 10])).subarray(33),
    ]);
    const outcome = await maker.make(source).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'image-damaged' });
    else expect(outcome).toMatchObject({ width: 64, height: 36 });
  });
});
