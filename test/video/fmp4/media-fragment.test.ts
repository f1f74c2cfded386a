import { describe, expect, it } from '@jest/globals';
import { Slab } from '../../../src/core/slab.ts';
import { mediaFragment } from '../../../src/video/fmp4/media-fragment.ts';
import { boxesOf, find } from './boxes.ts';

const SAMPLE = {
  sequence: 7,
  keyFrame: true,
  decodeTime90k: 2 ** 40 + 5,
  duration90k: 3_600,
  compositionOffset90k: 7_200,
  nalUnits: [Buffer.of(0x06, 1, 0x80), Buffer.of(0x65, 0x88)],
};

describe('media fragment', () => {
  const bytes = mediaFragment(SAMPLE, new Slab(1));

  it('is one moof and one mdat', () => {
    expect(boxesOf(bytes).map((item) => item.type)).toEqual(['moof', 'mdat']);
    expect(boxesOf(find(bytes, 'moof/traf')).map((item) => item.type)).toEqual([
      'tfhd',
      'tfdt',
      'trun',
    ]);
  });

  it('has each NAL unit behind its length', () => {
    expect(find(bytes, 'mdat').toString('hex')).toBe('00000003060180000000026588');
  });

  it('says where the sample lies, counted from the moof', () => {
    const trun = find(bytes, 'moof/traf/trun');
    expect(bytes.subarray(trun.readUInt32BE(8))).toEqual(find(bytes, 'mdat'));
    expect(trun.readUInt32BE(16)).toBe(find(bytes, 'mdat').length);
  });

  it('carries number, times and flags', () => {
    expect(find(bytes, 'moof/mfhd').readUInt32BE(4)).toBe(7);
    expect(find(bytes, 'moof/traf/tfdt').readBigUInt64BE(4)).toBe(2n ** 40n + 5n);
    const trun = find(bytes, 'moof/traf/trun');
    expect(trun.readUInt32BE(4)).toBe(1);
    expect(trun.readUInt32BE(12)).toBe(3_600);
    expect(trun.readUInt32BE(20)).toBe(0x0200_0000);
    expect(trun.readInt32BE(24)).toBe(7_200);
  });

  it('marks other pictures as depending on others, and offsets may be negative', () => {
    const other = mediaFragment(
      { ...SAMPLE, keyFrame: false, compositionOffset90k: -90 },
      new Slab(1),
    );
    const trun = find(other, 'moof/traf/trun');
    expect(trun.readUInt32BE(20)).toBe(0x0101_0000);
    expect(trun.readInt32BE(24)).toBe(-90);
  });
});
