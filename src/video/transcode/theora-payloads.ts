/** Theora: its pictures, and which is made of no other, by the RTP payloads of one. */

const THEORA_HEADER_BYTES = 6;
const IDENT_BYTES = 3;

/**
 * draft-barbato-avt-rtp-theora-01 §2.2: | ident (24) | F (2) TDT (2) packets (4) | length (16) | packet …, where F is
 * 0 or 1 at the start of a packet and TDT 0 for pictures. Theora §7.1: | 0: picture | 0: made of no other | …
 */
export function isTheoraKey([payload]: readonly Buffer[]): boolean {
  if (!payload || payload.length <= THEORA_HEADER_BYTES) return false;
  const kind = payload.readUInt8(3);
  return (kind & 0xb0) === 0 && payload.readUInt8(THEORA_HEADER_BYTES) >> 6 === 0;
}

/** Of one packet: its number of them has four bits. */
const MAX_PICTURES = 15;

/** Several share one packet, where they are so small. F: 0 whole, 1 the first part of one, 2 a part, 3 the last. */
export function theoraPictures(payloads: readonly Buffer[]): Buffer[] {
  const pictures: Buffer[] = [];
  let parts: Buffer[] = [];
  for (const payload of payloads) {
    const kind = payload[IDENT_BYTES] ?? 0;
    const fragment = kind >> 6;
    if ((kind & 0x30) !== 0) continue;
    const packets = packetsOf(payload, fragment === 0 ? kind & 15 : 1);
    if (packets === undefined || (fragment < 2 && parts.length > 0)) return [];
    if (fragment === 0) pictures.push(...packets);
    else parts.push(...packets);
    if (fragment !== 3) continue;
    pictures.push(Buffer.concat(parts));
    parts = [];
  }
  if (parts.length > 0 || pictures.length > MAX_PICTURES) return [];
  // Empty: the one before is shown for longer.
  return pictures.filter(({ length }) => length > 0);
}

/** Undefined when they are not so long as they say. */
function packetsOf(payload: Buffer, count: number): Buffer[] | undefined {
  const packets: Buffer[] = [];
  let at = IDENT_BYTES + 1;
  for (let n = 0; n < count; n += 1) {
    if (at + 2 > payload.length) return undefined;
    const end = at + 2 + payload.readUInt16BE(at);
    if (end > payload.length) return undefined;
    packets.push(payload.subarray(at + 2, end));
    at = end;
  }
  return packets;
}

const MAX_SETUP_BYTES = 64 * 1024;

/**
 * `configuration` (§3.2.1), in base64, of which the first of those that are packed is taken:
 *
 *   | count (32) | ident (24) | length (16) | headers - 1: 2 (8) | length of the first | of the second | three headers |
 *
 * The decoder wants what begins with that 2, and lengths as Xiph laces them; here seven bits are in each byte.
 */
export function theoraSetup(parameters: ReadonlyMap<string, string>): Buffer | undefined {
  const packed = Buffer.from(parameters.get('configuration') ?? '', 'base64');
  let at = 4 + IDENT_BYTES + 2;
  if (packed.length > MAX_SETUP_BYTES || packed[at] !== 2) return undefined;
  at += 1;
  const lengths = [0, 0].map((start) => {
    let length = start;
    for (let byte = 0x80; byte & 0x80 && length <= MAX_SETUP_BYTES; at += 1) {
      byte = packed[at] ?? 0;
      length = length * 128 + (byte & 0x7f);
    }
    return length;
  });
  const headers = packed.subarray(at);
  if (lengths.some((length) => length > headers.length)) return undefined;
  return Buffer.concat([Buffer.of(2), ...lengths.map(laced), headers]);
}

/** As many times 255 as go into it, and the rest. */
function laced(length: number): Buffer {
  return Buffer.concat([Buffer.alloc(Math.floor(length / 255), 255), Buffer.of(length % 255)]);
}
