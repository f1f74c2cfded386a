import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  withEmulationPrevention,
  withoutEmulationPrevention,
} from '../../src/core/emulation-prevention.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('emulation prevention', () => {
  it.each([
    ['00 00 03 00', [0, 0, 3, 0], [0, 0, 0]],
    ['00 00 03 01 at the end', [7, 0, 0, 3, 1], [7, 0, 0, 1]],
    ['two in a row', [0, 0, 3, 0, 0, 3, 0], [0, 0, 0, 0, 0]],
    ['a 03 that prevents nothing', [0, 3, 0, 0, 4], [0, 3, 0, 0, 4]],
  ])('removes emulation prevention: %s', (_, coded, plain) => {
    expect([...withoutEmulationPrevention(bytes(...coded))]).toEqual(plain);
  });

  it('removes what it has added, and never makes a start code', () => {
    const payload = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 255), { maxLength: 40 });
    fc.assert(
      fc.property(payload, (values) => {
        const coded = withEmulationPrevention(bytes(...values));
        expect([...withoutEmulationPrevention(coded)]).toEqual(values);
        expect(Buffer.from(coded).indexOf(Buffer.of(0, 0, 1))).toBe(-1);
        expect(Buffer.from(coded).indexOf(Buffer.of(0, 0, 0))).toBe(-1);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
