import { describe, expect, it } from '@jest/globals';
import {
  framedFor,
  packetsOf,
  payloadBytes,
  renumbered,
  rtpPicture,
} from '../../../src/simulator/rtsp/rtp-picture.ts';
import { readStamp, STAMP_SEI, stampPlace, writeStamp } from '../../../src/simulator/rtsp/stamp.ts';
import { parseRtp } from '../../../src/video/rtp/packet.ts';

const LARGE = Buffer.alloc(4_000, 0x41);
const UNIT = { nalUnits: [STAMP_SEI, LARGE], keyFrame: false, captureUnixUs: 5 };
const made = rtpPicture(UNIT, { ssrc: 7, sequence: 65_534, timestamp: 2 ** 32 + 9 });

describe('a picture in RTP', () => {
  it('has packets that count on, over the end of 16 bits, and a marker at the end', () => {
    const packets = packetsOf(made).map(parseRtp);
    expect(packets.map(({ sequence }) => sequence)).toEqual([65_534, 65_535, 0, 1]);
    expect(packets.map(({ marker }) => marker)).toEqual([false, false, false, true]);
    for (const packet of packets) {
      expect(packet).toMatchObject({ ssrc: 7, timestamp: 9, payloadType: 96 });
    }
    expect(payloadBytes(made)).toBe(packets.reduce((sum, { payload }) => sum + payload.length, 0));
  });

  it.each([0, 6])('is framed for channel %s', (channel) => {
    const framed = framedFor(made, channel);
    made.starts.forEach((start, i) => {
      expect([framed[start], framed[start + 1]]).toEqual([0x24, channel]);
      expect(framed.readUInt16BE(start + 2)).toBe(packetsOf(made)[i]?.length);
    });
    expect(made.framed[1]).toBe(0);
  });

  it('can be sent again under other numbers', () => {
    const again = renumbered(made, { ssrc: 8, sequence: 100, timestamp: 12 }, 6);
    const packets = packetsOf(again).map(parseRtp);
    expect(packets.map(({ sequence }) => sequence)).toEqual([100, 101, 102, 103]);
    expect(packets[0]).toMatchObject({ ssrc: 8, timestamp: 12 });
    expect(packets.map(({ payload }) => payload)).toEqual(
      packetsOf(made).map((bytes) => parseRtp(bytes).payload),
    );
    expect(parseRtp(packetsOf(made)[0] as Buffer).ssrc).toBe(7);
  });
});

describe('the stamp', () => {
  it('is written into the packets and read from the NAL unit', () => {
    const copy = renumbered(made, { ssrc: 1, sequence: 0, timestamp: 0 }, 0);
    writeStamp(copy.framed, stampPlace(copy.framed), 1_787_850_000_123_456);
    const [sei] = packetsOf(copy).map((bytes) => parseRtp(bytes).payload);
    expect(readStamp(sei as Buffer)).toBe(1_787_850_000_123_456);
    expect(sei).toHaveLength(STAMP_SEI.length);
  });

  it.each([LARGE, Buffer.alloc(0), Buffer.concat([Buffer.of(6, 5, 32), Buffer.alloc(40)])])(
    'is not seen where there is none',
    (nal) => {
      expect(readStamp(nal)).toBeUndefined();
    },
  );
});
