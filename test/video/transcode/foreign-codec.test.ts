import { describe, expect, it } from '@jest/globals';
import { requireForeignCodec } from '../../../src/video/transcode/foreign-codec.ts';

const jpeg = (offset: number, width: number, height: number) =>
  Buffer.of(0, offset >> 16, (offset >> 8) & 255, offset & 255, 1, 80, width, height, 1, 2);

describe('a codec that ffmpeg reads for us', () => {
  it('is one of a few, by name', () => {
    for (const name of ['JPEG', 'MP4V-ES', 'VP8', 'VP9'])
      expect(requireForeignCodec(name)).toBeDefined();
  });

  it.each(['X-QT', 'X-ASF-PF', 'MP2T', 'H261', 'RAW', 'H264', '', 'constructor'])(
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
    expect(canBegin([jpeg(0, 40, 30)])).toBe(true);
    expect(canBegin([jpeg(70_000, 40, 30)])).toBe(false);
    expect(canBegin([Buffer.alloc(3)])).toBe(false);
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

/** Bytes of these bits. */
function bits(text: string): Buffer {
  const all = text.replaceAll(' ', '');
  return Buffer.from(
    (all.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)),
  );
}

const hex = (...texts: string[]) =>
  texts.map((text) => Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('MPEG-4 Part 2', () => {
  const { canBegin } = requireForeignCodec('MP4V-ES');

  it.each([
    ['a key frame', hex('000001b6 10'), true],
    ['one predicted', hex('000001b6 50'), false],
    ['one predicted from both sides', hex('000001b6 90'), false],
    ['a sprite', hex('000001b6 d0'), false],
    ['a key frame behind headers', hex('000001b0 01 00000120 00', '000001b3 00 000001b6 3f'), true],
    ['headers without a picture', hex('000001b0 01'), false],
    ['nothing behind the start code', hex('000001b6'), false],
    ['nothing', [], false],
  ])('begins with a key frame: %s', (_, payloads, expected) => {
    expect(canBegin(payloads)).toBe(expected);
  });
});

describe('MPEG-2', () => {
  const { canBegin } = requireForeignCodec('MPV');

  it.each([
    ['a key frame', hex('00000000 00000100 000f'), true],
    ['a key frame of any number', hex('00000000 00000100 ffcf'), true],
    ['one predicted', hex('00000000 00000100 0017'), false],
    ['one predicted from both sides', hex('00000000 00000100 001f'), false],
    ['a key frame behind headers', hex('00002000 000001b3 1601', '00000100 00000100 0008'), true],
    ['what looks like one in the RTP header', hex('00000100 000f'), false],
    ['a slice', hex('00000100 00000101 0008'), false],
    ['half a picture header', hex('00000000 00000100 00'), false],
    ['nothing', [], false],
  ])('begins with a key frame: %s', (_, payloads, expected) => {
    expect(canBegin(payloads)).toBe(expected);
  });
});

describe.each(['H263-1998', 'H263-2000'])('%s', (name) => {
  const { canBegin } = requireForeignCodec(name);
  const P = '00000 1 0 000000 000';
  const PSC = '100000';
  const TR = '01010101 10 000';
  const REST = '0'.repeat(24);

  it.each([
    ['a key frame', `${P} ${PSC} ${TR} 010 0 ${REST}`, true],
    ['one predicted', `${P} ${PSC} ${TR} 010 1 ${REST}`, false],
    ['a key frame, extended', `${P} ${PSC} ${TR} 111 001 ${'1'.repeat(18)} 000 ${REST}`, true],
    ['one predicted, extended', `${P} ${PSC} ${TR} 111 001 ${'0'.repeat(18)} 001 ${REST}`, false],
    ['a key frame, in short', `${P} ${PSC} ${TR} 111 000 000 ${REST}`, true],
    ['one predicted, in short', `${P} ${PSC} ${TR} 111 000 001 ${REST}`, false],
    [
      'a key frame behind all there may be',
      `00000 1 1 000001 000 11111111 11111111 ${PSC} ${TR} 010 0 ${REST}`,
      true,
    ],
    ['a group of blocks', `${P} 100010 ${TR} 010 0 ${REST}`, false],
    ['a later part', `00000 0 0 000000 000 ${PSC} ${TR} 010 0 ${REST}`, false],
    ['half a header', `${P} ${PSC} ${TR}`, false],
    ['nothing', '', false],
  ])('begins with a key frame: %s', (_, text, expected) => {
    expect(canBegin([bits(text)])).toBe(expected);
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
    expect(canBegin([Buffer.from(bytes)])).toBe(expected);
  });
});

describe('VP9', () => {
  const { canBegin } = requireForeignCodec('VP9');

  it.each([
    ['a key frame', [0x08, 0x82], true],
    ['another', [0x08, 0x86], false],
    ['one that was shown before', [0x08, 0x88], false],
    ['what is no frame', [0x08, 0x42], false],
    ['a later part', [0x00, 0x82], false],
    ['a key frame of profile 3', [0x08, 0xb0], true],
    ['another of profile 3', [0x08, 0xb2], false],
    ['a key frame with a short number', [0x88, 0x07, 0x82], true],
    ['a key frame with a long number', [0x88, 0x87, 0x01, 0x82], true],
    ['a key frame with layers', [0xa8, 0x07, 0x00, 0x05, 0x82], true],
    ['a key frame with layers in flexible mode', [0xb8, 0x07, 0x00, 0x82], true],
    ['another that says what it is made of', [0xd8, 0x07, 0x03, 0x02, 0x86], false],
    ['a key frame with sizes', [0x0a, 0x10, 1, 2, 3, 4, 0x82], true],
    ['a key frame with groups', [0x0a, 0x08, 2, 0x04, 0xff, 0x00, 0x82], true],
    ['a structure that ends before its groups do', [0x0a, 0x08, 200, 0x04], false],
    ['a descriptor without a frame', [0x88, 0x07], false],
    ['nothing', [], false],
  ])('begins with a key frame: %s', (_, bytes, expected) => {
    expect(canBegin([Buffer.from(bytes)])).toBe(expected);
  });
});

describe('Theora', () => {
  const { canBegin } = requireForeignCodec('THEORA');

  it.each([
    ['a key frame', 'aabbcc 01 0002 3fff', true],
    ['the first part of one', 'aabbcc 40 0002 3fff', true],
    ['a later part of one', 'aabbcc 80 0002 3fff', false],
    ['another', 'aabbcc 01 0002 7fff', false],
    ['a header', 'aabbcc 11 0002 80ff', false],
    ['no picture', 'aabbcc 01 0000', false],
  ])('begins with a key frame: %s', (_, text, expected) => {
    expect(canBegin(hex(text))).toBe(expected);
  });
});

describe('H263', () => {
  const { canBegin } = requireForeignCodec('H263');
  const START = '000080 02 00000000 00000000';

  it.each([
    ['a key frame, mode A', `00 60 0000 ${START}`, true],
    ['one predicted, mode A', `00 70 0000 ${START}`, false],
    ['a key frame, mode B', `80 60 0000 00000000 ${START}`, true],
    ['one predicted, mode B', `80 60 0000 80000000 ${START}`, false],
    ['a key frame, mode C', `c0 60 0000 00000000 00000000 ${START}`, true],
    ['a group of blocks', '00 60 0000 000084 02 00000000 00000000', false],
    ['nothing', '', false],
  ])('begins with a key frame: %s', (_, text, expected) => {
    expect(canBegin(hex(text))).toBe(expected);
  });
});
