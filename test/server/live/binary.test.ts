import { describe, expect, it } from '@jest/globals';
import { encodeHeader } from '../../../src/server/live/binary.ts';
import { init, picture } from '../scripted-media.ts';

const base = { channel: 0x0102, sequence: 0x03040506, afterDrop: false, format: 'fmp4' as const };
const hex = (header: Partial<Parameters<typeof encodeHeader>[0]>) =>
  encodeHeader({ ...base, fragment: picture(), ...header }).toString('hex');

describe('the header of a binary message', () => {
  it.each([
    ['an init segment, without a time', { fragment: init() }, '01000102030405060000000000000000'],
    ['a picture', {}, '020001020304050600064748462222 40'.replace(' ', '')],
    [
      'a key frame',
      { fragment: picture(Buffer.alloc(1), true) },
      '02010102030405060006474846222240',
    ],
    [
      'a key frame after a drop',
      { fragment: picture(Buffer.alloc(1), true), afterDrop: true },
      '02030102030405060006474846222240',
    ],
    ['MPEG-TS', { format: 'mpeg1' as const }, '03000102030405060006474846222240'],
    ['the largest channel', { channel: 65_535 }, '0200ffff030405060006474846222240'],
  ])('of %s', (_name, header, expected) => {
    expect(hex(header)).toBe(expected);
  });

  it('begins the number anew after 32 bits', () => {
    expect(hex({ sequence: 2 ** 32 - 1 }).slice(8, 16)).toBe('ffffffff');
    expect(hex({ sequence: 2 ** 32 }).slice(8, 16)).toBe('00000000');
  });

  it('carries every time that JavaScript has', () => {
    for (const captureUnixUs of [0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const header = encodeHeader({ ...base, fragment: { ...picture(), captureUnixUs } });
      expect(header.readBigUInt64BE(8)).toBe(BigInt(captureUnixUs));
    }
  });
});
