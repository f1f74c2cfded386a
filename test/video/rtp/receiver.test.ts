import { describe, expect, it } from '@jest/globals';
import type { RtpPacket } from '../../../src/video/rtp/packet.ts';
import { RtpReceiver } from '../../../src/video/rtp/receiver.ts';

function packet(sequence: number, ssrc = 1, timestamp = sequence * 3_600): RtpPacket {
  return {
    payloadType: 96,
    marker: false,
    sequence: sequence & 0xffff,
    timestamp: timestamp >>> 0,
    ssrc,
    csrc: [],
    extension: undefined,
    payload: Buffer.alloc(1),
  };
}

function receiver(datagrams: boolean) {
  const seen: (number | string)[] = [];
  const made = new RtpReceiver(
    {
      packet: (each) => seen.push(each.sequence),
      lost: (packets) => seen.push(`lost ${packets}`),
      restart: () => seen.push('restart'),
      unannounced: (ssrc) => seen.push(`unannounced ${ssrc}`),
    },
    { datagrams },
  );
  const push = (...sequences: number[]) => {
    for (const sequence of sequences) made.push(packet(sequence), sequence * 40_000);
  };
  return { made, push, seen };
}

describe('RtpReceiver', () => {
  it('hands on packets in order, over the wrap of 16 bits', () => {
    const { push, seen } = receiver(false);
    push(65_534, 65_535, 65_536, 65_537);
    expect(seen).toEqual([65_534, 65_535, 0, 1]);
  });

  it('says at once what is missing over TCP, and drops what comes late or twice', () => {
    const { push, seen } = receiver(false);
    push(1, 2, 5, 4, 5, 6);
    expect(seen).toEqual([1, 2, 'lost 2', 5, 6]);
  });

  it('puts packets in order over UDP', () => {
    const { made, seen } = receiver(true);
    for (const sequence of [1, 3, 4, 2, 5, 7, 6]) made.push(packet(sequence), 0);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('waits for a missing packet no longer than 24 packets', () => {
    const { made, seen } = receiver(true);
    made.push(packet(1), 0);
    for (let sequence = 3; sequence < 3 + 24; sequence += 1) made.push(packet(sequence), 0);
    expect(seen).toEqual([1]);
    made.push(packet(27), 0);
    expect(seen.slice(0, 3)).toEqual([1, 'lost 1', 3]);
    expect(seen.at(-1)).toBe(27);
  });

  it('waits no longer than 60 ms', () => {
    const { made, seen } = receiver(true);
    made.push(packet(1), 0);
    made.push(packet(3), 1_000);
    made.push(packet(4), 62_000);
    expect(seen).toEqual([1, 'lost 1', 3, 4]);
  });

  it('believes a new numbering when two packets agree on it', () => {
    const { push, seen } = receiver(false);
    push(1, 2, 30_000, 3, 40_000, 40_001, 40_002);
    expect(seen).toEqual([1, 2, 3, 'restart', 40_001, 40_002]);
  });

  it('ignores the packets of a stale session (live555)', () => {
    const { made, seen } = receiver(false);
    for (let i = 0; i < 40; i += 1) {
      made.push(packet(100 + i, 1), 0);
      made.push(packet(7_000 + i, 2), 0);
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => 100 + i));
  });

  it('changes to the sender that SETUP announced, and stays there', () => {
    const { made, seen } = receiver(false);
    made.push(packet(7_000, 2), 0);
    made.expect(1);
    made.push(packet(100, 1), 0);
    made.push(packet(7_001, 2), 0);
    made.push(packet(101, 1), 0);
    expect(seen).toEqual([7_000, 'restart', 100, 101]);
  });

  it('takes a new sender for the camera when the old one is silent', () => {
    const { made, seen } = receiver(false);
    made.push(packet(1, 1), 0);
    for (let i = 0; i < 40; i += 1) made.push(packet(500 + i, 2), 0);
    expect(seen.slice(0, 3)).toEqual([1, 'restart', 531]);
  });

  describe('over UDP, where another camera may send to the same port', () => {
    const SECOND_US = 1_000_000;

    it('hears the announced sender alone, from the first packet on and whatever the other sends', () => {
      const { made, seen } = receiver(true);
      made.expect(1);
      for (let i = 0; i < 40; i += 1) made.push(packet(500 + i, 2), 9 * SECOND_US);
      made.playing(10 * SECOND_US);
      made.push(packet(540, 2), 10.9 * SECOND_US);
      made.push(packet(100, 1), 11 * SECOND_US);
      for (let i = 0; i < 40; i += 1) made.push(packet(600 + i, 2), 60 * SECOND_US);
      made.push(packet(101, 1), 61 * SECOND_US);
      expect(seen).toEqual([100, 101]);
    });

    it('takes another when the announced one is silent for a second, and gives way to it', () => {
      const { made, seen } = receiver(true);
      made.expect(1);
      made.playing(10 * SECOND_US);
      made.push(packet(500, 2), 10.9 * SECOND_US);
      made.push(packet(501, 2), 11 * SECOND_US);
      made.push(packet(502, 2), 11 * SECOND_US);
      made.push(packet(100, 1), 12 * SECOND_US);
      made.push(packet(503, 2), 12 * SECOND_US);
      expect(seen).toEqual(['unannounced 2', 501, 502, 'restart', 100]);
    });

    it('does not take a key frame of another for the camera anew while that is heard', () => {
      const { made, seen } = receiver(true);
      made.push(packet(100, 1), 0);
      for (let i = 0; i < 40; i += 1) made.push(packet(500 + i, 2), 1.9 * SECOND_US);
      made.push(packet(101, 1), 1.9 * SECOND_US);
      for (let i = 0; i < 40; i += 1) made.push(packet(600 + i, 2), 3.9 * SECOND_US);
      expect(seen.slice(0, 4)).toEqual([100, 101, 'restart', 631]);
    });
  });

  it('takes whoever sends after a goodbye at once (GStreamer)', () => {
    const { made, seen } = receiver(false);
    made.push(packet(1, 7), 0);
    made.goodbye();
    made.push(packet(100, 8), 0);
    made.push(packet(101, 8), 0);
    expect(seen).toEqual([1, 'restart', 100, 101]);
  });

  it('reports loss, the highest number and the round trip as RFC 3550 counts them', () => {
    const { made, push } = receiver(false);
    expect(made.report(0)).toBeUndefined();
    push(65_535, 65_536, 65_539);
    made.senderReport(
      {
        type: 'sr',
        ssrc: 1,
        ntpSeconds: 0x12345678,
        ntpFraction: 0x9abcdef0,
        rtpTimestamp: 0,
        packets: 0,
        octets: 0,
        reports: [],
      },
      1_000_000,
    );
    expect(made.report(1_500_000)).toMatchObject({
      ssrc: 1,
      fractionLost: Math.floor((2 * 256) / 5),
      cumulativeLost: 2,
      highestSequence: 65_539,
      lastSr: 0x56789abc,
      delaySinceLastSr: 32_768,
    });
    expect(made.report(1_500_000)).toMatchObject({ fractionLost: 0, cumulativeLost: 2 });
  });

  it('measures no jitter when packets arrive as they were sent', () => {
    const { made, push } = receiver(false);
    push(1, 2, 3, 4);
    expect(made.report(0)?.jitter).toBe(0);
    made.push(packet(5), 5 * 40_000 + 16_000);
    expect(made.report(0)?.jitter).toBe(90);
  });
});
