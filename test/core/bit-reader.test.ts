import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BitReader } from '../../src/core/bit-reader.ts';
import { BitWriter } from '../support/bit-writer.ts';

const reader = (...bytes: number[]) => new BitReader(Uint8Array.from(bytes), 'test');

describe('bit reader', () => {
  it('reads fields across bytes', () => {
    const bits = reader(0b1010_0110, 0b1100_0001);
    expect([bits.bits(3), bits.flag(), bits.bits(8), bits.bits(4)]).toEqual([5, false, 0x6c, 1]);
  });

  it('reads 32 bits without a sign', () => {
    expect(reader(0xff, 0xff, 0xff, 0xff).bits(32)).toBe(0xffff_ffff);
  });

  it('reads the codes of table 9-2', () => {
    const bits = reader(0b1010_0110, 0b0100_0010, 0b1000_0000);
    expect([bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue()]).toEqual([0, 1, 2, 3, 4]);
  });

  it('reads back whatever can be written', () => {
    const values = fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), { maxLength: 10 });
    fc.assert(
      fc.property(values, (numbers) => {
        const writer = new BitWriter();
        for (const number of numbers) writer.se(number).ue(Math.abs(number));
        const bits = new BitReader(writer.bytes(), 'test');
        for (const number of numbers) {
          expect(bits.se()).toBe(number === 0 ? 0 : number);
          expect(bits.ue()).toBe(Math.abs(number));
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('stops at the end', () => {
    const bits = reader(0xff);
    bits.skip(8);
    expect(() => bits.flag()).toThrow(expect.objectContaining({ code: 'truncated' }));
    expect(() => reader(0, 0).ue()).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  it('refuses codes of more than 32 bits', () => {
    expect(() => reader(0, 0, 0, 0, 1).ue()).toThrow(
      expect.objectContaining({ code: 'invalid-exp-golomb' }),
    );
  });

  it('names the field that is out of range', () => {
    expect(() => reader(0b0010_1000).ueUpTo(3, 'some_field')).toThrow(
      'test: some_field is 4, at most 3',
    );
  });
});
