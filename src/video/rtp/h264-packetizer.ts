/**
 * The NAL units of one picture as RTP payloads (RFC 6184 §5.6–5.8, packetization mode 1).
 *
 *   single NAL  | NAL header, NAL payload                              |
 *   STAP-A      | F NRI 24 | size (16) | NAL | size (16) | NAL | …     |
 *   FU-A        | F NRI 28 | S E R type | part of the NAL payload      |
 */
export interface RtpPayload {
  readonly bytes: Buffer;
  /** On the last payload of the picture. */
  readonly marker: boolean;
}

export interface PacketizerOptions {
  /** Bytes of payload a packet, RTP header not counted. */
  maxPayload?: number;
  /** SPS and PPS that follow each other travel in one packet. */
  aggregateParameterSets?: boolean;
}

/** 1500 bytes of Ethernet, less IPv6, UDP, RTP and some room for tunnels. */
const MAX_PAYLOAD = 1_400;
const STAP_A = 24;
const FU_A = 28;

/** @throws RangeError for an empty NAL unit. */
export function packetizeH264(
  nalUnits: readonly Uint8Array[],
  options: PacketizerOptions = {},
): RtpPayload[] {
  const { maxPayload = MAX_PAYLOAD, aggregateParameterSets = false } = options;
  const groups = aggregateParameterSets ? grouped(nalUnits, maxPayload) : nalUnits.map((n) => [n]);
  const payloads: Buffer[] = [];
  for (const group of groups) {
    const [nal] = group;
    if (!nal || nal.length === 0) throw new RangeError('RTP: a NAL unit has at least one byte');
    if (group.length > 1) payloads.push(stapA(group));
    else if (nal.length <= maxPayload) payloads.push(Buffer.from(nal));
    else fragment(nal, maxPayload, payloads);
  }
  return payloads.map((bytes, i) => ({ bytes, marker: i === payloads.length - 1 }));
}

/** Neighbouring parameter sets in one group as far as they fit, everything else alone. */
function grouped(nalUnits: readonly Uint8Array[], maxPayload: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let size = 0;
  for (const nal of nalUnits) {
    const last = groups.at(-1);
    const joins = last?.every(isParameterSet) && isParameterSet(nal);
    size = joins ? size + 2 + nal.length : 1 + 2 + nal.length;
    if (last && joins && size <= maxPayload) last.push(nal);
    else {
      groups.push([nal]);
      size = 1 + 2 + nal.length;
    }
  }
  return groups;
}

function isParameterSet(nal: Uint8Array): boolean {
  const type = (nal[0] ?? 0) & 0x1f;
  return type === 7 || type === 8;
}

function stapA(group: readonly Uint8Array[]): Buffer {
  const importance = Math.max(...group.map((nal) => (nal[0] ?? 0) & 0x60));
  const parts = [Buffer.from([importance | STAP_A])];
  for (const nal of group)
    parts.push(Buffer.from([nal.length >> 8, nal.length & 0xff]), Buffer.from(nal));
  return Buffer.concat(parts);
}

function fragment(nal: Uint8Array, maxPayload: number, payloads: Buffer[]): void {
  const header = nal[0] ?? 0;
  const room = maxPayload - 2;
  for (let at = 1; at < nal.length; at += room) {
    const part = nal.subarray(at, at + room);
    const start = at === 1 ? 0x80 : 0;
    const end = at + room >= nal.length ? 0x40 : 0;
    const bytes = Buffer.allocUnsafe(2 + part.length);
    bytes[0] = (header & 0xe0) | FU_A;
    bytes[1] = start | end | (header & 0x1f);
    bytes.set(part, 2);
    payloads.push(bytes);
  }
}
