import { describe, expect, it } from '@jest/globals';
import { box, fixed32, fullBox, serialize, u16 } from '../../../src/video/fmp4/box.ts';

describe('boxes', () => {
  it('have size and type before their fields', () => {
    expect(serialize(box('free', [u16(7)])).toString('hex')).toBe('0000000a667265650007');
  });

  it('hold boxes, counted in their size', () => {
    const bytes = serialize(box('moov', [], [box('free', []), box('skip', [u16(1)])]));
    expect(bytes.length).toBe(26);
    expect(bytes.readUInt32BE(0)).toBe(26);
    expect(bytes.toString('latin1', 12, 16)).toBe('free');
  });

  it('have version and flags when they are full', () => {
    expect(serialize(fullBox('tfdt', 1, 0x020001, [])).toString('hex')).toBe(
      '0000000c7466647401020001',
    );
  });

  it('write fixed point', () => {
    expect(fixed32(1.5).toString('hex')).toBe('00018000');
  });
});
