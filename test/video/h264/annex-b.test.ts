import { describe, expect, it } from '@jest/globals';
import { nalUnitsOf, toAnnexB } from '../../../src/video/h264/annex-b.ts';

const split = (...bytes: number[]) =>
  [...nalUnitsOf(Uint8Array.from(bytes))].map((nal) => [...nal]);

describe('Annex B', () => {
  it.each([
    ['start codes of three and four bytes', [0, 0, 1, 7, 8, 0, 0, 0, 1, 9], [[7, 8], [9]]],
    ['zeros before and after', [0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 1, 9, 0, 0], [[7], [9]]],
    ['bytes before the first start code', [5, 5, 0, 0, 1, 7], [[7]]],
    ['start codes with nothing between them', [0, 0, 1, 0, 0, 1, 7, 0, 0, 1], [[7]]],
    ['no start code', [1, 2, 3], []],
    ['nothing', [], []],
  ])('splits a buffer with %s', (_, bytes, nalUnits) => {
    expect(split(...bytes)).toEqual(nalUnits);
  });

  it('writes what it reads', () => {
    const nalUnits = [Buffer.of(0x67, 1), Buffer.of(0x68, 2), Buffer.of(0x65, 0x88, 3)];
    expect([...nalUnitsOf(toAnnexB(nalUnits))]).toEqual(nalUnits);
  });

  it('gives views, not copies', () => {
    const bytes = Buffer.of(0, 0, 1, 7, 8);
    const [nal] = nalUnitsOf(bytes);
    expect(nal?.buffer).toBe(bytes.buffer);
  });
});
