import { describe } from '../core/errors.ts';
import { MAX_MADE_BYTES, MAX_PIXELS, MAX_SIDE_PIXELS } from './bounds.ts';
import { ImageError } from './image-error.ts';
import type { ImageType } from './image-type.ts';

/** A picture of our own making: nothing of the bytes that came is in it but what could be seen. */
export interface Remade {
  readonly type: 'png' | 'jpeg';
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Decoded pixels, four bytes each: red, green, blue, alpha. */
export interface RawPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const DECODE_SECONDS = 20;
const JPEG_QUALITY = 88;
/** libvips' own readers, of which those for SVG, PDF, TIFF and the rest stay shut. */
const READERS = [
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadWebpBuffer',
];

type Sharp = typeof import('sharp')['default'];
type Pipeline = ReturnType<Sharp>;
let loaded: Promise<Sharp> | undefined;

/** Loaded when first needed: most gateways run for weeks without an upload. */
function load(): Promise<Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    // One thread: live pictures come first.
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: READERS });
    return sharp;
  });
  return loaded;
}

/**
 * Decodes a PNG, JPEG or WebP and codes it anew: metadata, profiles, comments, further pictures and
 * whatever follows the end are gone. A photograph becomes a JPEG, everything else a PNG.
 *
 * @throws ImageError `image-damaged`, `image-too-large`, `image-too-complex`
 */
export async function remake(bytes: Buffer, type: Exclude<ImageType, 'pdf'>): Promise<Remade> {
  const sharp = await load();
  const { width, height } = await sizeOf(sharp, bytes);
  if (width * height > MAX_PIXELS) {
    throw new ImageError(
      'image-too-large',
      `the picture is ${width} × ${height} pixels; make it smaller: ${MAX_PIXELS / 1e6} million pixels at most`,
    );
  }
  const pipeline = () =>
    sharp(bytes, {
      limitInputPixels: MAX_PIXELS,
      failOn: 'error',
      sequentialRead: true,
      pages: 1,
    }).autoOrient();
  return made(pipeline, type === 'png' ? 'png' : 'jpeg');
}

/** @throws ImageError `image-too-complex`, `image-too-large` */
export async function remakeRaw({ data, width, height }: RawPicture): Promise<Remade> {
  const sharp = await load();
  return made(() => sharp(data, { raw: { width, height, channels: 4 } }), 'png');
}

/** By the header alone. */
async function sizeOf(sharp: Sharp, bytes: Buffer): Promise<{ width: number; height: number }> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width > 0 && height > 0) return { width, height };
    throw new Error('the picture has no size');
  } catch (cause) {
    throw damaged(cause);
  }
}

/** A PNG that stays large, as a photograph does, becomes a JPEG. */
async function made(pipeline: () => Pipeline, wanted: Remade['type']): Promise<Remade> {
  const first = await encoded(pipeline(), wanted);
  if (first.bytes.length <= MAX_MADE_BYTES) return first;
  const second = wanted === 'png' ? await encoded(pipeline(), 'jpeg') : first;
  if (second.bytes.length <= MAX_MADE_BYTES) return second;
  throw new ImageError('image-too-large', 'the picture stays too large; make it smaller');
}

async function encoded(pipeline: Pipeline, type: Remade['type']): Promise<Remade> {
  const fitted = pipeline
    .resize({
      width: MAX_SIDE_PIXELS,
      height: MAX_SIDE_PIXELS,
      fit: 'inside',
      withoutEnlargement: true,
    })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .timeout({ seconds: DECODE_SECONDS });
  const coded =
    type === 'png' ? fitted.png({ compressionLevel: 6 }) : fitted.jpeg({ quality: JPEG_QUALITY });
  try {
    const { data, info } = await coded.toBuffer({ resolveWithObject: true });
    return { type, bytes: data, width: info.width, height: info.height };
  } catch (cause) {
    throw damaged(cause);
  }
}

/** libvips says what is wrong in words alone. */
function damaged(cause: unknown): ImageError {
  const words = describe(cause);
  if (/timeout/i.test(words)) {
    return new ImageError(
      'image-too-complex',
      `the picture takes more than ${DECODE_SECONDS} s to decode; save it as a plain PNG or JPEG`,
      cause,
    );
  }
  if (/pixel limit/i.test(words)) {
    return new ImageError(
      'image-too-large',
      'the picture has too many pixels; make it smaller',
      cause,
    );
  }
  return new ImageError(
    'image-damaged',
    'the picture cannot be read to its end; open it, save it anew as PNG or JPEG, and try again',
    cause,
  );
}
