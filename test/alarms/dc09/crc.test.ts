import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc16 } from '../../../src/alarms/dc09/crc.ts';
import { checksum } from '../../../src/simulator/panel/checksum.ts';

describe('CRC-16/ARC', () => {
  it('has the check value of its catalogue entry', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0xbb3d);
  });

  it('is that of the field notes, of a message and of its reply', () => {
    expect(crc16(Buffer.from('"NULL"0000L0#1409[]_20:38:07,08-27-2026'))).toBe(0xea74);
    expect(crc16(Buffer.from('"ACK"0000L0#1409[]'))).toBe(0x5989);
  });

  it('is what the long division of the panel gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => crc16(bytes) === checksum(bytes)),
    );
  });
});
