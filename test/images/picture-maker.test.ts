import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { MAX_MADE_BYTES, MAX_SIDE_PIXELS, MAX_SOURCE_BYTES } from '../../src/images/bounds.ts';
import { ImageError } from '../../src/images/image-error.ts';
import { sha256Of } from '../../src/images/picture-maker.ts';
import {
  colourOf,
  jpegPolyglot,
  jpegWithMetadata,
  plain,
  pngBomb,
  pngChunk,
  turnedJpeg,
  withTextBomb,
} from '../support/pictures.ts';
import { pictureMaker } from './support.ts';

const maker = pictureMaker();
const make = (bytes: Buffer) => maker.make(bytes);
const refused = (bytes: Buffer) => expect(make(bytes)).rejects;

describe('a picture that is made anew', () => {
  it.each([
    ['png', 'png'],
    ['jpeg', 'jpeg'],
    ['webp', 'jpeg'],
  ] as const)('of a %s is a %s with the same to be seen', async (format, type) => {
    const source = await plain(format)([20, 120, 220]);
    const made = await make(source);
    expect(made).toMatchObject({ type, width: 64, height: 36 });
    expect(made.source).toEqual({ type: format, bytes: source.length, sha256: sha256Of(source) });
    expect(made.sha256).toBe(sha256Of(made.bytes));
    for (const [index, part] of (await colourOf(made.bytes)).entries()) {
      expect(Math.abs(part - ([20, 120, 220][index] ?? 0))).toBeLessThan(8);
    }
  });

  it('is the same for the same, byte by byte: its hash is its name', async () => {
    const source = await plain('png')([9, 9, 9]);
    expect((await make(source)).sha256).toBe((await make(source)).sha256);
  });

  it('has nothing of the metadata, wherever they were', async () => {
    const canary = 'canary-51.9225-4.4792';
    const source = await jpegWithMetadata(canary);
    expect(source.includes(canary)).toBe(true);
    expect((await sharp(source).metadata()).exif?.includes('GPS')).toBeDefined();
    const { bytes } = await make(source);
    expect(bytes.includes('canary')).toBe(false);
    const { exif, xmp, icc, iptc } = await sharp(bytes).metadata();
    expect([exif, xmp, icc, iptc]).toEqual([undefined, undefined, undefined, undefined]);
    expect(markersOf(bytes)).toEqual(expect.not.arrayContaining([0xe1, 0xe2, 0xed, 0xfe]));
  });

  it('is the right way up, as a viewer of the file would show it', async () => {
    expect(await make(await turnedJpeg())).toMatchObject({ width: 36, height: 64 });
  });

  it('has no text of a PNG, and no chunk but those of a picture', async () => {
    const png = await plain('png')([1, 2, 3]);
    const text = pngChunk('tEXt', Buffer.from('Comment\0<script>canary</script>'));
    const { bytes } = await make(Buffer.concat([png.subarray(0, 33), text, png.subarray(33)]));
    expect(bytes.includes('canary')).toBe(false);
    const allowed = new Set(['IHDR', 'pHYs', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
    expect(chunksOf(bytes).filter((name) => !allowed.has(name))).toEqual([]);
  });

  it('is a picture and nothing else where the file was a page of HTML too', async () => {
    const html = '<html><body><script>alert("canary")</script></body></html>';
    const source = jpegPolyglot(await plain('jpeg')([5, 5, 5]), html);
    expect(source.toString('latin1').split(html)).toHaveLength(3);
    const { bytes } = await make(source);
    expect(bytes.includes('canary')).toBe(false);
    expect(bytes.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
  });

  it('has one picture of those that move', async () => {
    const frames = await Promise.all([plain('png')([255, 0, 0]), plain('png')([0, 255, 0])]);
    const moving = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect((await sharp(moving).metadata()).pages).toBe(2);
    expect(await make(moving)).toMatchObject({ width: 64, height: 36 });
  });

  it('is no larger than a screen shows', async () => {
    const wide = await make(pngBomb(8_000, 100));
    expect([wide.width, wide.height]).toEqual([MAX_SIDE_PIXELS, 38]);
  });

  it('of a PNG that does not get small, as a photograph, is a JPEG', async () => {
    const [width, height] = [2_200, 1_500];
    const noise = await sharp(randomBytes(width * height * 3), {
      raw: { width, height, channels: 3 },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const made = await make(noise);
    expect(made.type).toBe('jpeg');
    expect(made.bytes.length).toBeLessThan(MAX_MADE_BYTES);
  });
});

describe('is refused, with what to do', () => {
  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>'],
    ['a page of HTML', '<!doctype html><title>plan.png</title>'],
    ['nothing at all', ''],
  ])('%s, whatever its name', async (_what, text) => {
    await refused(Buffer.from(text)).toMatchObject({
      code: 'unsupported-image',
      message: expect.stringContaining('PNG, JPEG, WebP or PDF'),
    });
  });

  it('a few kilobytes that become two and a half thousand million pixels', async () => {
    const bomb = pngBomb(50_000, 50_000, 200);
    expect(bomb.length).toBeLessThan(10_000);
    await refused(bomb).toMatchObject({
      code: 'image-too-large',
      message: expect.stringContaining('50000 × 50000'),
    });
  });

  it('dimensions that no picture has', async () => {
    await refused(pngBomb(2 ** 31 - 1, 2 ** 31 - 1, 1)).toBeInstanceOf(ImageError);
    await refused(pngBomb(0, 0, 0)).toBeInstanceOf(ImageError);
  });

  it.each(['png', 'jpeg', 'webp'] as const)('half of a %s', async (format) => {
    const whole = await sharp(randomBytes(120 * 90 * 3), {
      raw: { width: 120, height: 90, channels: 3 },
    })
      .toFormat(format)
      .toBuffer();
    await refused(whole.subarray(0, whole.length >> 1)).toMatchObject({
      code: 'image-damaged',
      message: expect.stringContaining('save it anew'),
    });
  });

  it('a signature with nothing behind it', async () => {
    for (const hex of ['89504e470d0a1a0a', 'ffd8ffe0', '524946460000000057454250']) {
      await refused(Buffer.from(hex, 'hex')).toMatchObject({ code: 'image-damaged' });
    }
  });

  it('more bytes than a file may have, before anything reads them', async () => {
    await refused(Buffer.alloc(MAX_SOURCE_BYTES + 1)).toMatchObject({ code: 'image-too-large' });
  });

  it('one more than may wait', async () => {
    const source = await plain('png')([1, 1, 1]);
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => make(source)));
    const codes = all.map((each) => (each.status === 'rejected' ? each.reason.code : 'made'));
    expect(codes).toEqual([...Array(4).fill('made'), ...Array(4).fill('too-many-uploads')]);
    expect(await make(source)).toMatchObject({ type: 'png' });
  });
});

it('text that unpacks to 64 MiB does not come along', async () => {
  const source = withTextBomb(await plain('png')([7, 7, 7]), 64 * 1024 * 1024);
  expect(await make(source)).toMatchObject({ type: 'png', width: 64, height: 36 });
  expect((await make(source)).bytes.length).toBeLessThan(1_000);
});

it('whatever comes, the answer is a picture within the bounds or an error that says why', async () => {
  const seeds = await Promise.all(
    (['png', 'jpeg', 'webp'] as const).map((format) => plain(format)([12, 34, 56])),
  );
  const edit = fc.record({
    at: fc.nat(400),
    bytes: fc.uint8Array({ maxLength: 6 }),
    cut: fc.nat(12),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(edit, { maxLength: 4 }),
      async (seed, edits) => {
        let bytes = seed;
        for (const { at, bytes: put, cut } of edits) {
          const place = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
        }
        const outcome = await make(bytes).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(ImageError);
          return;
        }
        const { width, height } = outcome as { width: number; height: number };
        expect(Math.max(width, height)).toBeLessThanOrEqual(MAX_SIDE_PIXELS);
      },
    ),
    { numRuns: 250 },
  );
});

/** The markers of a JPEG up to its first scan. */
function markersOf(jpeg: Buffer): number[] {
  const markers: number[] = [];
  let at = 2;
  while (jpeg[at] === 0xff && jpeg[at + 1] !== 0xda) {
    markers.push(jpeg[at + 1] ?? 0);
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  expect(jpeg[at + 1]).toBe(0xda);
  return markers;
}

function chunksOf(png: Buffer): string[] {
  const names: string[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    names.push(png.toString('latin1', at + 4, at + 8));
  }
  return names;
}
