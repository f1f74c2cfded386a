import { describe, expect, it } from '@jest/globals';
import { requireForeignCodec } from '../../../src/video/transcode/foreign-codec.ts';

const jpeg = (offset: number, width: number, height: number) =>
  Buffer.of(0, offset >> 16, (offset >> 8) & 255, offset & 255, 1, 80, width, height, 1, 2);

describe('a codec that ffmpeg reads for us', () => {
  it('is one of a few, by name', () => {
    for (const name of ['JPEG', 'MP4V-ES', 'VP8']) expect(requireForeignCodec(name)).toBeDefined();
  });

  it.each(['X-QT', 'X-ASF-PF', 'MP2T', 'THEORA', 'H264', '', 'constructor'])(
    'is not %j',
    (name) => {
      expect(() => requireForeignCodec(name)).toThrow(
        expect.objectContaining({ code: 'codec-not-supported' }),
      );
    },
  );
});

describe('JPEG', () => {
  const { canBegin, shape, hindrance } = requireForeignCodec('JPEG');

  it('begins with the first part of any picture', () => {
    expect(canBegin(jpeg(0, 40, 30))).toBe(true);
    expect(canBegin(jpeg(70_000, 40, 30))).toBe(false);
    expect(canBegin(Buffer.alloc(3))).toBe(false);
  });

  it('tells its size, which differs when that does', () => {
    expect(shape?.(jpeg(0, 40, 30))).toBe(shape?.(jpeg(0, 40, 30)));
    expect(shape?.(jpeg(0, 40, 30))).not.toBe(shape?.(jpeg(0, 40, 31)));
    expect(shape?.(Buffer.alloc(3))).toBeUndefined();
  });

  it.each([
    [0, 30],
    [40, 0],
  ])('cannot be shown when its size is too large to be said: %i × %i', (width, height) => {
    expect(hindrance?.(jpeg(0, width, height))).toContain('2040');
    expect(hindrance?.(jpeg(0, 255, 255))).toBeUndefined();
  });
});

describe('VP8', () => {
  const { canBegin } = requireForeignCodec('VP8');

  it.each([
    ['a key frame', [0x10, 0x50], true],
    ['another', [0x10, 0x51], false],
    ['a later part', [0x00, 0x50], false],
    ['a later partition', [0x11, 0x50], false],
    ['a key frame with a short number', [0x90, 0x80, 0x07, 0x50], true],
    ['a key frame with a long number', [0x90, 0x80, 0x87, 0x01, 0x50], true],
    ['a key frame with all there is', [0x90, 0xf0, 0x87, 0x01, 0x05, 0x20, 0x50], true],
    ['another with all there is', [0x90, 0xf0, 0x87, 0x01, 0x05, 0x20, 0x51], false],
    ['nothing', [], false],
    ['a descriptor without a frame', [0x90, 0xf0], false],
  ])('begins with a key frame: %s', (_, bytes, expected) => {
    expect(canBegin(Buffer.from(bytes))).toBe(expected);
  });
});
