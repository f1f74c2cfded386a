import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRtp, RtpError, type RtpFields, serializeRtp } from '../../../src/video/rtp/packet.ts';

const plain: RtpFields = {
  payloadType: 96,
  marker: true,
  sequence: 65_535,
  timestamp: 0xffffffff,
  ssrc: 0x80000001,
  payload: Buffer.from([1, 2, 3]),
};

describe('RTP packets', () => {
  it('reads the fields where RFC 3550 §5.1 puts them', () => {
    const bytes = Buffer.from('80e0ffffffffffff80000001010203', 'hex');
    expect(serializeRtp(plain)).toEqual(bytes);
    expect(parseRtp(bytes)).toEqual({ ...plain, csrc: [], extension: undefined });
  });

  it('reads CSRC, extension and padding', () => {
    const extension = { profile: 0xabac, data: Buffer.from('00000000e0000000', 'hex') };
    const bytes = serializeRtp({ ...plain, csrc: [5, 6], extension, padding: 4 });
    expect(parseRtp(bytes)).toEqual({ ...plain, csrc: [5, 6], extension });
  });

  it('hands on a view of the payload', () => {
    const bytes = serializeRtp(plain);
    expect(parseRtp(bytes).payload.buffer).toBe(bytes.buffer);
  });

  it.each([
    ['11 bytes', '80e0ffffffffffff800000'],
    ['version 1', '40e0ffffffffffff80000001'],
    ['CSRC list', '8fe0ffffffffffff80000001'],
    ['extension header', '90e0ffffffffffff800000010000'],
    ['extension beyond', '90e0ffffffffffff8000000100000002aabbccdd'],
    ['padding of 0', 'a0e0ffffffffffff8000000100'],
    ['padding of 9', 'a0e0ffffffffffff8000000109'],
  ])('refuses %s', (reason, hex) => {
    expect(() => parseRtp(Buffer.from(hex, 'hex'))).toThrow(reason);
  });

  it('throws nothing but RtpError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        const bytes = Buffer.from(noise);
        if (bytes.length > 0) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
        try {
          parseRtp(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RtpError);
        }
      }),
    );
  });
});
