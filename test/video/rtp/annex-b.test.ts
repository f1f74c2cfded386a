import { describe, expect, it } from '@jest/globals';
import { forEachNal } from '../../../src/video/rtp/annex-b.ts';

function split(hex: string): string[] {
  const found: string[] = [];
  forEachNal(Buffer.from(hex, 'hex'), (nal) => {
    found.push(nal.toString('hex'));
    return true;
  });
  return found;
}

describe('forEachNal', () => {
  it.each([
    ['a bare NAL unit', '6742c000', ['6742c000']],
    ['a start code in front', '0000016742', ['6742']],
    ['long start codes', '000000016742000000016811', ['6742', '6811']],
    ['a second NAL unit behind a bare one', '67420000016811', ['6742', '6811']],
    ['trailing zeros', '00000167420000', ['6742']],
    ['nothing but start codes', '000001000001', []],
  ])('reads %s', (_what, hex, nalUnits) => {
    expect(split(hex)).toEqual(nalUnits);
  });

  it('stops when it is told to', () => {
    let calls = 0;
    forEachNal(Buffer.from('00000141'.repeat(1_000), 'hex'), () => {
      calls += 1;
      return calls < 3;
    });
    expect(calls).toBe(3);
  });
});
