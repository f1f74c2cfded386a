import { describe, expect, it } from '@jest/globals';
import {
  isKeyFrame,
  isParameterSet,
  isSlice,
  nalType,
  startsPicture,
} from '../../../src/video/h264/nal.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('NAL units', () => {
  it.each([
    ['slice', 0x41, 1, true],
    ['IDR slice', 0x65, 5, true],
    ['SEI', 0x06, 6, false],
    ['SPS', 0x67, 7, false],
    ['delimiter', 0x09, 9, false],
    ['auxiliary slice', 0x13, 19, false],
  ])('knows a %s by its header', (_, header, type, slice) => {
    expect(nalType(bytes(header))).toBe(type);
    expect(isSlice(bytes(header))).toBe(slice);
  });

  it('calls an SPS and a PPS parameter sets, and nothing else', () => {
    const headers = [0x67, 0x68, 0x65, 0x06, 0x09];
    expect(headers.map((header) => isParameterSet(bytes(header)))).toEqual([
      ...[true, true],
      ...[false, false, false],
    ]);
    expect(isParameterSet(bytes())).toBe(false);
  });

  it('takes an empty one for nothing', () => {
    expect(nalType(bytes())).toBe(0);
    expect(isSlice(bytes())).toBe(false);
  });

  it('finds the first slice of a picture by first_mb_in_slice', () => {
    expect(startsPicture(bytes(0x65, 0x88))).toBe(true);
    expect(startsPicture(bytes(0x65, 0x41))).toBe(false);
    expect(startsPicture(bytes(0x67, 0x88))).toBe(false);
    expect(startsPicture(bytes(0x65))).toBe(false);
  });

  it('calls a picture with an IDR slice a key frame', () => {
    expect(isKeyFrame([bytes(0x67), bytes(0x68), bytes(0x65, 0x88)])).toBe(true);
    expect(isKeyFrame([bytes(0x67), bytes(0x41, 0x9a)])).toBe(false);
    expect(isKeyFrame([])).toBe(false);
  });
});
