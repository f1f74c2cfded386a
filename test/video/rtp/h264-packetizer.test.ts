import { describe, expect, it } from '@jest/globals';
import { packetizeH264 } from '../../../src/video/rtp/h264-packetizer.ts';

const sps = Buffer.from([0x67, 1, 2, 3]);
const pps = Buffer.from([0x68, 4]);
const slice = (bytes: number) => Buffer.concat([Buffer.from([0x65]), Buffer.alloc(bytes - 1, 7)]);

describe('H.264 packetizer', () => {
  it('sends what fits as single NAL units, marker on the last', () => {
    const payloads = packetizeH264([sps, pps, slice(100)]);
    expect(payloads.map((p) => [p.bytes.length, p.marker])).toEqual([
      [4, false],
      [2, false],
      [100, true],
    ]);
  });

  it('aggregates neighbouring parameter sets when asked', () => {
    const payloads = packetizeH264([sps, pps, slice(10)], { aggregateParameterSets: true });
    expect(payloads[0]?.bytes.toString('hex')).toBe('78000467010203000268' + '04');
    expect(payloads).toHaveLength(2);
    const tight = packetizeH264([sps, pps], { aggregateParameterSets: true, maxPayload: 8 });
    expect(tight).toHaveLength(2);
  });

  it('fragments what does not fit, start and end once', () => {
    const payloads = packetizeH264([slice(25)], { maxPayload: 10 });
    expect(payloads.map((p) => p.bytes.subarray(0, 2).toString('hex'))).toEqual([
      '7c85',
      '7c05',
      '7c45',
    ]);
    const body = Buffer.concat(payloads.map((p) => p.bytes.subarray(2)));
    expect(body).toEqual(slice(25).subarray(1));
    expect(payloads.map((p) => p.marker)).toEqual([false, false, true]);
    expect(Math.max(...payloads.map((p) => p.bytes.length))).toBe(10);
  });

  it('refuses an empty NAL unit', () => {
    expect(() => packetizeH264([Buffer.alloc(0)])).toThrow(RangeError);
  });
});
