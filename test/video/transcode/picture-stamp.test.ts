import { describe, expect, it } from '@jest/globals';
import { nalUnitsOf, toAnnexB } from '../../../src/video/h264/annex-b.ts';
import { NAL, nalType } from '../../../src/video/h264/nal.ts';
import { findStamp, stampNal } from '../../../src/video/transcode/picture-stamp.ts';

describe('picture stamp', () => {
  it.each([
    { pts90k: 0, captureUnixUs: 0 },
    { pts90k: 3_600, captureUnixUs: 1_767_225_600_000_000 },
    { pts90k: 2 ** 45, captureUnixUs: Number.MAX_SAFE_INTEGER },
  ])('comes back as it went: %j', (stamp) => {
    const nal = stampNal(stamp, [NAL.sei]);
    expect(nalType(nal)).toBe(NAL.sei);
    expect(findStamp([Buffer.of(0x67), nal, Buffer.of(0x65, 0x88)])).toEqual(stamp);
    expect([...nalUnitsOf(toAnnexB([nal, nal]))]).toHaveLength(2);
  });

  it('is found behind something else in the same NAL unit', () => {
    const stamp = { pts90k: 1, captureUnixUs: 2 };
    const nal = Buffer.concat([
      Buffer.of(0x06, 5, 4, 0, 0, 3, 0, 1),
      stampNal(stamp, [NAL.sei]).subarray(1),
    ]);
    expect(findStamp([nal])).toEqual(stamp);
  });

  it('is not found where there is none', () => {
    const cut = stampNal({ pts90k: 1, captureUnixUs: 2 }, [NAL.sei]).subarray(0, 25);
    expect(findStamp([Buffer.of(0x06, 5, 2, 1, 1, 0x80), cut, Buffer.of(0x65)])).toBeUndefined();
  });
});
