import { describe, expect, it } from '@jest/globals';
import {
  ACCESS_UNIT_DELIMITER,
  isIrap,
  isParameterSet,
  isRasl,
  isSlice,
  layerId,
  NAL,
  nalType,
  startsPicture,
} from '../../../src/video/h265/nal.ts';

const ofType = (type: number, ...rest: number[]) => Uint8Array.of(type << 1, 1, ...rest);

describe('H.265 NAL units', () => {
  it.each([
    ['TRAIL_N', 0, { slice: true, irap: false, rasl: false, set: false }],
    ['RASL_R', 9, { slice: true, irap: false, rasl: true, set: false }],
    ['RADL_N', 6, { slice: true, irap: false, rasl: false, set: false }],
    ['BLA_W_LP', 16, { slice: true, irap: true, rasl: false, set: false }],
    ['IDR_N_LP', 20, { slice: true, irap: true, rasl: false, set: false }],
    ['CRA', 21, { slice: true, irap: true, rasl: false, set: false }],
    ['VPS', 32, { slice: false, irap: false, rasl: false, set: true }],
    ['PPS', 34, { slice: false, irap: false, rasl: false, set: true }],
    ['delimiter', 35, { slice: false, irap: false, rasl: false, set: false }],
    ['SEI', 39, { slice: false, irap: false, rasl: false, set: false }],
  ])('knows a %s by its header', (_, type, expected) => {
    const nal = ofType(type, 0x80);
    expect(nalType(nal)).toBe(type);
    expect({
      slice: isSlice(nal),
      irap: isIrap(nal),
      rasl: isRasl(nal),
      set: isParameterSet(nal),
    }).toEqual(expected);
  });

  it('finds the first slice segment of a picture by its flag', () => {
    expect(startsPicture(ofType(1, 0x80))).toBe(true);
    expect(startsPicture(ofType(1, 0x7f))).toBe(false);
    expect(startsPicture(ofType(1))).toBe(false);
    expect(startsPicture(ofType(NAL.sps, 0x80))).toBe(false);
  });

  it('reads the layer over both bytes', () => {
    expect(layerId(ofType(1))).toBe(0);
    expect(layerId(Uint8Array.of(0x03, 0xf9))).toBe(63);
  });

  it('takes an empty one for nothing', () => {
    expect(isSlice(new Uint8Array())).toBe(false);
    expect(isParameterSet(new Uint8Array())).toBe(false);
  });

  it('has a delimiter', () => {
    expect(nalType(ACCESS_UNIT_DELIMITER)).toBe(NAL.accessUnitDelimiter);
  });
});
