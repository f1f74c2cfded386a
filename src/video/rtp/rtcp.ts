/**
 * RTCP compound packets (RFC 3550 §6): sender and receiver reports, source description, goodbye.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+-+---------+---------------+-------------------------------+
 *   |V=2|P|  count  |      PT       |   length in words, minus one  |
 *   +---+-+---------+---------------+-------------------------------+
 *
 * Other types (feedback, application) are skipped, as are the reports beyond a packet's end.
 */
import { ByteReader } from '../../core/bytes.ts';
import { LiveViewError } from '../../core/errors.ts';

/** RFC 3550 §6.4.1. */
export interface ReportBlock {
  ssrc: number;
  /** Of 256, since the previous report. */
  fractionLost: number;
  /** Signed 24 bits: duplicates make it negative. */
  cumulativeLost: number;
  /** Cycles in the upper 16 bits, sequence number in the lower. */
  highestSequence: number;
  /** In units of the RTP clock. */
  jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 for none. */
  lastSr: number;
  /** Since that report, in units of 1/65536 s. */
  delaySinceLastSr: number;
}

export interface SenderReport {
  type: 'sr';
  ssrc: number;
  /** Seconds since 1900. */
  ntpSeconds: number;
  /** Of 2^32. */
  ntpFraction: number;
  rtpTimestamp: number;
  packets: number;
  octets: number;
  reports: readonly ReportBlock[];
}

export interface ReceiverReport {
  type: 'rr';
  ssrc: number;
  reports: readonly ReportBlock[];
}

export interface SourceDescription {
  type: 'sdes';
  chunks: readonly { ssrc: number; cname: string }[];
}

export interface Goodbye {
  type: 'bye';
  ssrcs: readonly number[];
  reason: string;
}

export type RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Goodbye;

/** Code `rtcp-malformed`; the packet is dropped. */
export class RtcpError extends LiveViewError {
  constructor(reason: string) {
    super('rtcp-malformed', `not an RTCP packet: ${reason}`);
  }
}

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const CNAME = 1;
const REPORT_BYTES = 24;

/** @throws RtcpError or TruncatedError (core/bytes.ts). */
export function parseRtcp(bytes: Buffer): RtcpPacket[] {
  const compound = new ByteReader(bytes, 'RTCP');
  const packets: RtcpPacket[] = [];
  while (compound.remaining > 0) {
    const flags = compound.u8();
    if (flags >> 6 !== 2) throw new RtcpError(`version ${flags >> 6}`);
    const type = compound.u8();
    const body = compound.bytes(compound.u16() * 4);
    const packet = parseBody(type, flags & 0x1f, new ByteReader(body, `RTCP type ${type}`));
    if (packet) packets.push(packet);
  }
  return packets;
}

function parseBody(type: number, count: number, body: ByteReader): RtcpPacket | undefined {
  switch (type) {
    case SR:
      return {
        type: 'sr',
        ssrc: body.u32(),
        ntpSeconds: body.u32(),
        ntpFraction: body.u32(),
        rtpTimestamp: body.u32(),
        packets: body.u32(),
        octets: body.u32(),
        reports: parseReports(body, count),
      };
    case RR:
      return { type: 'rr', ssrc: body.u32(), reports: parseReports(body, count) };
    case SDES:
      return { type: 'sdes', chunks: parseChunks(body, count) };
    case BYE:
      return parseBye(body, count);
    default:
      return undefined;
  }
}

function parseReports(body: ByteReader, count: number): ReportBlock[] {
  const reports: ReportBlock[] = [];
  while (reports.length < count && body.remaining >= REPORT_BYTES) {
    const ssrc = body.u32();
    const lost = body.u32();
    reports.push({
      ssrc,
      fractionLost: lost >>> 24,
      cumulativeLost: (lost << 8) >> 8,
      highestSequence: body.u32(),
      jitter: body.u32(),
      lastSr: body.u32(),
      delaySinceLastSr: body.u32(),
    });
  }
  return reports;
}

function parseChunks(body: ByteReader, count: number): { ssrc: number; cname: string }[] {
  const chunks: { ssrc: number; cname: string }[] = [];
  while (chunks.length < count && body.remaining >= 4) {
    const ssrc = body.u32();
    let cname = '';
    for (let item = endable(body); item !== 0; item = endable(body)) {
      const text = body.bytes(body.u8()).toString('utf8');
      if (item === CNAME) cname = text;
    }
    while (body.offset % 4 !== 0 && body.remaining > 0) body.skip(1);
    chunks.push({ ssrc, cname });
  }
  return chunks;
}

/** The next item type; a packet that ends without the terminating zero ends the list as well. */
function endable(body: ByteReader): number {
  return body.remaining > 0 ? body.u8() : 0;
}

function parseBye(body: ByteReader, count: number): Goodbye {
  const ssrcs: number[] = [];
  for (let i = 0; i < count; i += 1) ssrcs.push(body.u32());
  const reason = body.remaining > 0 ? body.bytes(body.u8()).toString('utf8') : '';
  return { type: 'bye', ssrcs, reason };
}

/** One compound packet; RFC 3550 §6.1 wants a report first and a source description after it. */
export function serializeRtcp(packets: readonly RtcpPacket[]): Buffer {
  return Buffer.concat(packets.map(serializeOne));
}

function serializeOne(packet: RtcpPacket): Buffer {
  switch (packet.type) {
    case 'sr':
      return withHeader(SR, packet.reports.length, [
        words(packet.ssrc, packet.ntpSeconds, packet.ntpFraction, packet.rtpTimestamp),
        words(packet.packets, packet.octets),
        ...packet.reports.map(reportBytes),
      ]);
    case 'rr':
      return withHeader(RR, packet.reports.length, [
        words(packet.ssrc),
        ...packet.reports.map(reportBytes),
      ]);
    case 'sdes':
      return withHeader(SDES, packet.chunks.length, packet.chunks.map(chunkBytes));
    case 'bye': {
      const reason = packet.reason === '' ? Buffer.alloc(0) : padded(shortText(packet.reason), 0);
      return withHeader(BYE, packet.ssrcs.length, [words(...packet.ssrcs), reason]);
    }
  }
}

function withHeader(type: number, count: number, parts: readonly Buffer[]): Buffer {
  if (count > 31) throw new RangeError('RTCP: at most 31 items a packet');
  const body = Buffer.concat(parts);
  const header = Buffer.from([0x80 | count, type, 0, 0]);
  header.writeUInt16BE(body.length / 4, 2);
  return Buffer.concat([header, body]);
}

function reportBytes(report: ReportBlock): Buffer {
  const lost = ((report.fractionLost & 0xff) << 24) | (report.cumulativeLost & 0xffffff);
  const { ssrc, highestSequence, jitter, lastSr, delaySinceLastSr } = report;
  return words(ssrc, lost, highestSequence, jitter, lastSr, delaySinceLastSr);
}

function chunkBytes({ ssrc, cname }: { ssrc: number; cname: string }): Buffer {
  const item = Buffer.concat([Buffer.from([CNAME]), shortText(cname)]);
  return Buffer.concat([words(ssrc), padded(item, 1)]);
}

/** A length byte and at most 255 bytes of UTF-8. */
function shortText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Zeros up to a multiple of four, at least `atLeast` of them. */
function padded(bytes: Buffer, atLeast: number): Buffer {
  return Buffer.concat([bytes], Math.ceil((bytes.length + atLeast) / 4) * 4);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value >>> 0, i * 4);
  });
  return bytes;
}
