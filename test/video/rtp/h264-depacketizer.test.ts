import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packetizeH264 } from '../../../src/video/rtp/h264-packetizer.ts';
import { depacketizing, hex, hexOf } from './depacketizing.ts';

const sps = Buffer.from('6742c01eda', 'hex');
const pps = Buffer.from('68ce3c80', 'hex');
const sei = Buffer.from('060501ff80', 'hex');
/** first_mb_in_slice 0, then something that is no start code. */
const idr = (bytes = 20) => Buffer.concat([Buffer.from([0x65, 0x88]), Buffer.alloc(bytes, 0x55)]);
const slice = (bytes = 20) => Buffer.concat([Buffer.from([0x41, 0x9a]), Buffer.alloc(bytes, 0x77)]);
const laterSlice = (type = 0x41) => Buffer.from([type, 0x40, 1, 2, 3]);

function depacketizer() {
  const all = depacketizing('H264');
  const picture = (timestamp: number, ...nalUnits: Buffer[]) => {
    for (const { bytes, marker } of packetizeH264(nalUnits)) all.send(timestamp, bytes, marker);
  };
  return { ...all, picture };
}

describe('H.264 depacketizer', () => {
  it('gives back what the packetizer took apart', () => {
    const nalUnit = fc
      .tuple(fc.constantFrom(0x67, 0x68, 0x06, 0x65), fc.integer({ min: 1, max: 5_000 }))
      .map(([header, size]) => Buffer.concat([Buffer.from([header]), Buffer.alloc(size, 0x99)]));
    const nalUnits = fc.array(nalUnit, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(nalUnits, fc.boolean(), (before, aggregateParameterSets) => {
        const { send, units } = depacketizer();
        const sent = [...before.filter((nal) => nal[0] !== 0x65), idr(4_000)];
        const payloads = packetizeH264(sent, { aggregateParameterSets });
        for (const { bytes, marker } of payloads) send(1, bytes, marker);
        expect(hex(units[0])).toEqual(hexOf(...sent));
      }),
    );
  });

  it('hands on a picture with its last packet, stamped with that arrival', () => {
    const { send, units } = depacketizer();
    send(9_000, idr(), true, 111);
    send(12_600, slice(), false, 222);
    expect(units).toHaveLength(1);
    send(12_600, laterSlice(), true, 333);
    expect(units.map((unit) => [unit.keyFrame, unit.pts90k, unit.captureUnixUs])).toEqual([
      [true, 0, 111],
      [false, 3_600, 333],
    ]);
  });

  it('keeps nothing of a packet: its memory may be used again', () => {
    const { send, units } = depacketizer();
    const sent = [sps, pps, idr(4_000)];
    for (const aggregateParameterSets of [true, false]) {
      for (const { bytes, marker } of packetizeH264(sent, { aggregateParameterSets })) {
        const payload = Buffer.from(bytes);
        send(1, payload, marker);
        payload.fill(0);
      }
    }
    expect(units.map(hex)).toEqual([hexOf(...sent), hexOf(...sent)]);
  });

  it('ends a picture at the next timestamp when the marker is never set (FLIR M400)', () => {
    const { send, units } = depacketizer();
    send(0, idr());
    send(3_600, slice());
    send(7_200, slice());
    expect(units).toHaveLength(2);
  });

  it.each([
    ['parameter sets (Tapo TC70, Reolink Duo 2)', [sps, pps]],
    ['SEI', [sei]],
  ])('does not end a picture at a marker on %s', (_what, nalUnits) => {
    const { send, units } = depacketizer();
    for (const nal of nalUnits) send(0, nal, true);
    send(0, idr(), true);
    expect(hex(units[0])).toEqual(hexOf(...nalUnits, idr()));
  });

  it('keeps parameter sets that have a timestamp of their own for the picture that follows', () => {
    const { send, units } = depacketizer();
    send(0, sps);
    send(1, pps, true);
    send(3_600, idr(), true);
    expect(hex(units[0])).toEqual(hexOf(sps, pps, idr()));
  });

  it('stops believing a marker that is set on every slice', () => {
    const { send, units, events, counters } = depacketizer();
    send(0, idr(), true);
    send(0, laterSlice(0x65), true);
    expect(events).toEqual(['key', 'discontinuity']);
    for (const timestamp of [3_600, 7_200, 10_800]) {
      send(timestamp, idr(), true);
      send(timestamp, laterSlice(0x65), true);
    }
    expect(units.slice(1).map((unit) => unit.nalUnits.length)).toEqual([2, 2]);
    expect(counters.broken).toBe(1);
  });

  it('leaves out parameter sets that are repeated between slices (GStreamer)', () => {
    const { send, units } = depacketizer();
    for (const nal of [sps, pps, idr(), sps, pps]) send(0, nal);
    send(0, laterSlice(0x65), true);
    expect(hex(units[0])).toEqual(hexOf(sps, pps, idr(), laterSlice(0x65)));
  });

  it('reads a fragment that is start and end at once (CostarHD)', () => {
    const { send, units } = depacketizer();
    const whole = idr();
    send(0, Buffer.concat([Buffer.from([0x7c, 0xc5]), whole.subarray(1)]), true);
    expect(hex(units[0])).toEqual(hexOf(whole));
  });

  it('reads fragments without content', () => {
    const { send, units } = depacketizer();
    const whole = idr();
    send(0, Buffer.from([0x7c, 0x85]));
    send(0, Buffer.concat([Buffer.from([0x7c, 0x05]), whole.subarray(1)]));
    send(0, Buffer.from([0x7c, 0x45]), true);
    expect(hex(units[0])).toEqual(hexOf(whole));
  });

  it('ignores packets without payload', () => {
    const { send, units } = depacketizer();
    send(0, Buffer.alloc(0));
    send(0, idr(), true);
    expect(units).toHaveLength(1);
  });

  it('reads a STAP-A that is padded with zeros', () => {
    const { send, units } = depacketizer();
    send(
      0,
      Buffer.from(`78${'0005'}${sps.toString('hex')}${'0004'}${pps.toString('hex')}000000`, 'hex'),
    );
    send(0, idr(), true);
    expect(hex(units[0])).toEqual(hexOf(sps, pps, idr()));
  });

  it.each([
    ['in one packet', false],
    ['in fragments', true],
  ])('reads Annex B inside RTP, %s', (_how, fragmented) => {
    const { send, units } = depacketizer();
    const code = Buffer.from([0, 0, 0, 1]);
    const stream = Buffer.concat([code, sps, code, pps, code, idr(3_000)]);
    if (!fragmented) send(0, stream, true);
    else {
      // The device takes the whole stream after its first start code for one NAL unit.
      const payloads = packetizeH264([stream.subarray(4)]);
      for (const { bytes, marker } of payloads) send(0, bytes, marker);
    }
    expect(hex(units[0])).toEqual(hexOf(sps, pps, idr(3_000)));
    expect(units[0]?.keyFrame).toBe(true);
  });

  it('hands on nothing before the first key frame', () => {
    const { picture, events, counters } = depacketizer();
    picture(0, slice());
    picture(3_600, slice());
    picture(7_200, idr());
    expect(events).toEqual(['key']);
    expect(counters).toEqual({ pictures: 1, broken: 0, undecodable: 2 });
  });

  it('discards a picture that lost a packet and resumes at the next key frame', () => {
    const { made, send, picture, events, counters } = depacketizer();
    picture(0, idr());
    const [first, , third] = packetizeH264([slice(3_000)]);
    if (!first || !third) throw new Error('three fragments expected');
    send(3_600, first.bytes);
    made.lost();
    send(3_600, third.bytes, true);
    picture(7_200, slice());
    picture(10_800, idr());
    picture(14_400, slice());
    expect(events).toEqual(['key', 'discontinuity', 'key', 'picture']);
    expect(counters).toEqual({ pictures: 3, broken: 1, undecodable: 1 });
  });

  it('does not take the rest of a key frame whose beginning was lost for a key frame', () => {
    const { made, picture, send, events, counters } = depacketizer();
    picture(0, idr());
    made.lost();
    send(3_600, laterSlice(0x65), true);
    expect(events).toEqual(['key', 'discontinuity']);
    expect(counters.broken).toBe(1);
  });

  it('says once that pictures are missing, however many are', () => {
    const { made, picture, events } = depacketizer();
    picture(0, idr());
    made.lost();
    made.lost();
    made.restart();
    expect(events).toEqual(['key', 'discontinuity']);
  });

  it('continues in time after a restart of the sender', () => {
    const { made, picture, units } = depacketizer();
    picture(1_000_000_000, idr());
    made.restart();
    picture(5, idr());
    expect(units.map((unit) => unit.pts90k)).toEqual([0, 3_600]);
  });

  it.each([
    ['a STAP-A longer than its packet', Buffer.from('7800ff67', 'hex')],
    ['an aggregation that is not negotiated (STAP-B)', Buffer.from('790000000267ff', 'hex')],
    ['a fragment without a start', Buffer.from('7c0511', 'hex')],
    ['a fragment of one byte', Buffer.from('7c', 'hex')],
    ['a slice without content', Buffer.from('41', 'hex')],
  ])('discards a picture with %s', (_what, payload) => {
    const { send, picture, events, counters } = depacketizer();
    picture(0, idr());
    send(3_600, payload, true);
    picture(7_200, idr());
    expect(events).toEqual(['key', 'discontinuity', 'key']);
    expect(counters.broken).toBe(1);
  });

  it('discards a picture beyond the bounds of bytes and NAL units', () => {
    const { send, picture, events } = depacketizer();
    const part = Buffer.alloc(60_000, 0x11);
    send(0, Buffer.concat([Buffer.from([0x7c, 0x85]), part]));
    const middle = Buffer.concat([Buffer.from([0x7c, 0x05]), part]);
    for (let i = 0; i < 150; i += 1) send(0, middle);
    send(0, Buffer.from([0x7c, 0x45]), true);
    for (let i = 0; i < 1_100; i += 1) send(3_600, sei);
    send(3_600, idr(), true);
    expect(events).toEqual([]);
    picture(7_200, idr());
    expect(events).toEqual(['key']);
  });

  it('refuses another codec by name', () => {
    expect(() => depacketizing('VP8')).toThrow(
      expect.objectContaining({
        code: 'codec-not-supported',
        message: expect.stringContaining('VP8'),
      }),
    );
  });

  it('throws nothing and stays consistent, whatever arrives', () => {
    const payload = fc.uint8Array({ maxLength: 60 });
    const header = fc.constantFrom(0x67, 0x65, 0x41, 0x78, 0x7c, 0x1f, 0x00);
    const packets = fc.array(
      fc.tuple(header, payload, fc.boolean(), fc.integer({ max: 4, min: 0 })),
    );
    fc.assert(
      fc.property(packets, (sent) => {
        const { made, send, units } = depacketizer();
        for (const [first, rest, marker, timestamp] of sent) {
          if (timestamp === 4) made.lost();
          else send(timestamp * 3_600, Buffer.from([first, ...rest]), marker);
        }
        for (const unit of units) expect(unit.nalUnits.length).toBeGreaterThan(0);
      }),
    );
  });
});
