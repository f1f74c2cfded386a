import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NAL } from '../../../src/video/h265/nal.ts';
import { depacketizing, hex, hexOf } from './depacketizing.ts';

const ofType = (type: number, ...rest: number[]) => Buffer.of(type << 1, 1, ...rest);
const vps = ofType(NAL.vps, 0x0c, 1);
const sps = ofType(NAL.sps, 1, 1, 2);
const pps = ofType(NAL.pps, 0xc1, 0x72);
const sei = ofType(NAL.prefixSei, 5, 1, 0xff, 0x80);
/** first_slice_segment_in_pic_flag, then something that is no start code. */
const slice = (type: number, bytes = 20) =>
  Buffer.concat([ofType(type, 0x80), Buffer.alloc(bytes, 0x55)]);
const laterSlice = (type = 1) => ofType(type, 0x40, 1, 2, 3);
const idr = (bytes?: number) => slice(NAL.idr, bytes);
const trail = (bytes?: number) => slice(1, bytes);

const DONL = Buffer.of(0x12, 0x34);

/** Parts of at most `room` bytes (RFC 7798 §4.4.3). */
function fragments(nal: Buffer, room = 1_000, donl = Buffer.alloc(0)): Buffer[] {
  const type = ((nal[0] ?? 0) >> 1) & 0x3f;
  const parts: Buffer[] = [];
  for (let at = 2; at < nal.length; at += room) {
    const flags = (at === 2 ? 0x80 : 0) | (at + room >= nal.length ? 0x40 : 0);
    const head = Buffer.of(49 << 1, nal[1] ?? 0, flags | type);
    const order = at === 2 ? donl : Buffer.alloc(0);
    parts.push(Buffer.concat([head, order, nal.subarray(at, at + room)]));
  }
  return parts;
}

/** §4.4.2. */
function aggregate(nalUnits: readonly Buffer[], donl?: Buffer): Buffer {
  const parts = nalUnits.flatMap((nal, index) => {
    const size = Buffer.of(nal.length >> 8, nal.length & 0xff);
    const order = donl && index > 0 ? [Buffer.of(1)] : [];
    return [...order, size, nal];
  });
  return Buffer.concat([Buffer.of(48 << 1, 1), ...(donl ? [donl] : []), ...parts]);
}

/** §4.4.4, with three bytes of extension. */
function envelope(payload: Buffer): Buffer {
  const fields = (((payload[0] ?? 0) >> 1) << 9) | (3 << 4);
  const head = Buffer.of(50 << 1, 1, fields >> 8, fields & 0xff, 9, 9, 9);
  return Buffer.concat([head, payload.subarray(2)]);
}

const depacketizer = (parameters: Record<string, string> = {}) => depacketizing('H265', parameters);

describe('H.265 depacketizer', () => {
  it('hands on a picture with its last packet, stamped with that arrival', () => {
    const { send, units } = depacketizer();
    for (const nal of [vps, sps, pps]) send(9_000, nal, false, 100);
    send(9_000, idr(), true, 111);
    send(12_600, trail(), false, 222);
    expect(units).toHaveLength(1);
    send(12_600, laterSlice(), true, 333);
    expect(hex(units[0])).toEqual(hexOf(vps, sps, pps, idr()));
    expect(
      units.map((unit) => [unit.codec, unit.keyFrame, unit.pts90k, unit.captureUnixUs]),
    ).toEqual([
      ['h265', true, 0, 111],
      ['h265', false, 3_600, 333],
    ]);
  });

  it.each([
    ['IDR_W_RADL', 19],
    ['IDR_N_LP', 20],
    ['CRA', 21],
    ['BLA_W_LP', 16],
    ['BLA_N_LP', 18],
  ])('begins with %s', (_, type) => {
    const { send, units } = depacketizer();
    send(0, trail(), true);
    send(3_600, slice(type), true);
    expect(units.map((unit) => unit.keyFrame)).toEqual([true]);
  });

  it('puts fragments and aggregates together', () => {
    const { send, units } = depacketizer();
    send(0, aggregate([vps, sps, pps, sei]));
    const parts = fragments(idr(5_000));
    for (const [index, part] of parts.entries()) send(0, part, index === parts.length - 1);
    expect(parts).toHaveLength(6);
    expect(hex(units[0])).toEqual(hexOf(vps, sps, pps, sei, idr(5_000)));
  });

  it('keeps the identifiers of layer and time in the header of what was in fragments', () => {
    const { send, units } = depacketizer();
    send(0, idr(), true);
    const sublayer = Buffer.concat([Buffer.of(0, 3, 0x80), Buffer.alloc(3_000, 7)]);
    for (const part of fragments(sublayer)) send(3_600, part);
    send(7_200, trail());
    expect(hex(units[1])).toEqual(hexOf(sublayer));
  });

  it('passes over the numbers that sprop-max-don-diff announces', () => {
    const { send, units } = depacketizer({ 'sprop-max-don-diff': '2' });
    send(0, aggregate([vps, sps, pps], DONL));
    for (const part of fragments(idr(3_000), 1_000, DONL)) send(0, part);
    send(3_600, Buffer.concat([trail().subarray(0, 2), DONL, trail().subarray(2)]), true);
    expect(units.map(hex)).toEqual([hexOf(vps, sps, pps, idr(3_000)), hexOf(trail())]);
  });

  it('expects no numbers where they are not announced', () => {
    const { send, units } = depacketizer({ 'sprop-max-don-diff': '0' });
    send(0, idr(), true);
    expect(hex(units[0])).toEqual(hexOf(idr()));
  });

  it.each([
    ['a NAL unit', [envelope(idr())], [idr()]],
    ['an aggregate', [envelope(aggregate([vps, sps, pps, idr()]))], [vps, sps, pps, idr()]],
    ['fragments', fragments(idr(2_500)).map(envelope), [idr(2_500)]],
  ])('opens an envelope (PACI) with %s', (_, payloads, expected) => {
    const { send, units } = depacketizer();
    for (const payload of payloads) send(0, payload);
    send(3_600, trail());
    expect(hex(units[0])).toEqual(hexOf(...expected));
  });

  it('ends a picture at the next timestamp when the marker is never set', () => {
    const { send, units } = depacketizer();
    send(0, idr());
    send(3_600, trail());
    send(7_200, trail());
    expect(units).toHaveLength(2);
  });

  it('does not end a picture at a marker on parameter sets and SEI', () => {
    const { send, units } = depacketizer();
    for (const nal of [vps, sps, pps, sei]) send(0, nal, true);
    send(0, idr(), true);
    expect(hex(units[0])).toEqual(hexOf(vps, sps, pps, sei, idr()));
  });

  it('stops believing a marker that is set on every slice segment', () => {
    const { send, units, events } = depacketizer();
    for (const timestamp of [0, 3_600, 7_200]) {
      send(timestamp, idr(), true);
      send(timestamp, laterSlice(NAL.idr), true);
    }
    send(10_800, trail());
    expect(events).toEqual(['key', 'discontinuity', 'key', 'key']);
    expect(units.slice(1).map((unit) => unit.nalUnits.length)).toEqual([2, 2]);
  });

  it('leaves out parameter sets that are repeated between slice segments', () => {
    const { send, units } = depacketizer();
    for (const nal of [vps, sps, pps, idr(), vps, sps, pps]) send(0, nal);
    send(0, laterSlice(NAL.idr), true);
    expect(hex(units[0])).toEqual(hexOf(vps, sps, pps, idr(), laterSlice(NAL.idr)));
  });

  it('passes over NAL units of other layers', () => {
    const { send, units } = depacketizer();
    const second = Buffer.concat([Buffer.of(NAL.idr << 1, 0x09), idr().subarray(2)]);
    send(0, idr());
    send(0, second, true);
    expect(hex(units[0])).toEqual(hexOf(idr()));
  });

  it('reads fragments without content, and one that is start and end at once', () => {
    const { send, units } = depacketizer();
    send(0, Buffer.of(49 << 1, 1, 0x80 | NAL.idr));
    send(0, Buffer.concat([Buffer.of(49 << 1, 1, NAL.idr), idr().subarray(2)]));
    send(0, Buffer.of(49 << 1, 1, 0x40 | NAL.idr), true);
    for (const part of fragments(trail())) send(3_600, part, true);
    expect(units.map(hex)).toEqual([hexOf(idr()), hexOf(trail())]);
  });

  it('reads Annex B inside RTP', () => {
    const { send, units } = depacketizer();
    const code = Buffer.of(0, 0, 0, 1);
    send(0, Buffer.concat([vps, code, sps, code, pps, code, idr(300)]), true);
    expect(hex(units[0])).toEqual(hexOf(vps, sps, pps, idr(300)));
  });

  it('begins at a CRA without the pictures that lead it and need others, and keeps them later', () => {
    const { send, events, units, counters } = depacketizer();
    const [rasl, radl] = [slice(NAL.raslR), slice(NAL.radlN)];
    send(3_600 * 4, slice(NAL.cra), true);
    send(3_600 * 2, rasl, true);
    send(3_600 * 3, radl, true);
    send(3_600 * 5, trail(), true);
    expect(events).toEqual(['key', 'picture', 'picture']);
    send(3_600 * 8, slice(NAL.cra), true);
    send(3_600 * 6, rasl, true);
    expect(units.at(-1)).toMatchObject({ leading: true, keyFrame: false });
    expect(counters).toEqual({ pictures: 5, broken: 0, undecodable: 1 });
  });

  it('leaves them out again after a loss', () => {
    const { made, send, units, counters } = depacketizer();
    send(0, idr(), true);
    made.lost();
    send(3_600, trail(), true);
    send(3_600 * 4, slice(NAL.cra), true);
    send(3_600 * 3, slice(NAL.raslN), true);
    send(3_600 * 5, trail(), true);
    expect(units.map((unit) => [unit.keyFrame, unit.leading])).toEqual([
      [true, false],
      [true, false],
      [false, false],
    ]);
    expect(counters).toEqual({ pictures: 3, broken: 0, undecodable: 2 });
  });

  it.each([
    ['an aggregate longer than its packet', Buffer.of(96, 1, 0, 99, 2, 1, 0x80)],
    ['a fragment without a start', Buffer.of(98, 1, 1, 5)],
    ['a fragment of two bytes', Buffer.of(98, 1)],
    ['a payload of one byte', Buffer.of(2)],
    ['a slice segment without content', Buffer.of(2, 1)],
    ['an envelope of three bytes', Buffer.of(100, 1, 2)],
    ['an envelope within an envelope', Buffer.of(100, 1, 100, 0, 1)],
    ['an unknown structure', Buffer.of(104, 1, 2, 3)],
  ])('discards a picture with %s', (_, payload) => {
    const { send, events, counters } = depacketizer();
    send(0, idr(), true);
    send(3_600, payload, true);
    send(7_200, idr(), true);
    expect(events).toEqual(['key', 'discontinuity', 'key']);
    expect(counters.broken).toBe(1);
  });

  it('discards a picture beyond the bounds of bytes and NAL units', () => {
    const { send, events } = depacketizer();
    send(0, Buffer.of(98, 1, 0x80 | NAL.idr));
    const part = Buffer.concat([Buffer.of(98, 1, NAL.idr), Buffer.alloc(60_000, 0x11)]);
    for (let i = 0; i < 150; i += 1) send(0, part);
    send(0, Buffer.of(98, 1, 0x40 | NAL.idr), true);
    for (let i = 0; i < 1_100; i += 1) send(3_600, sei);
    send(3_600, idr(), true);
    expect(events).toEqual([]);
    send(7_200, idr(), true);
    expect(events).toEqual(['key']);
  });

  it('throws nothing and stays consistent, whatever arrives', () => {
    const payload = fc.uint8Array({ maxLength: 60 });
    const header = fc.constantFrom(0x40, 0x42, 0x28, 0x02, 0x60, 0x62, 0x64, 0x10, 0x7e);
    const packets = fc.array(
      fc.tuple(header, payload, fc.boolean(), fc.integer({ max: 4, min: 0 })),
    );
    fc.assert(
      fc.property(packets, fc.constantFrom('0', '3'), (sent, don) => {
        const { made, send, units } = depacketizer({ 'sprop-max-don-diff': don });
        for (const [first, rest, marker, timestamp] of sent) {
          if (timestamp === 4) made.lost();
          else send(timestamp * 3_600, Buffer.from([first, ...rest]), marker);
        }
        for (const unit of units) expect(unit.nalUnits.length).toBeGreaterThan(0);
      }),
    );
  });
});
