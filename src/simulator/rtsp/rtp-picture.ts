import { packetizeH264 } from '../../video/rtp/h264-packetizer.ts';
import { serializeRtp } from '../../video/rtp/packet.ts';

/**
 * One picture as RTP packets, made once for all who watch. In front of each packet is the header
 * that it needs inside an RTSP connection (RFC 2326 §10.12), so that a picture is one write:
 *
 *   | "$" | channel | size (2) | RTP packet | "$" | channel | size (2) | RTP packet | …
 */
export interface RtpPicture {
  /** On channel 0. */
  readonly framed: Buffer;
  /** Where each "$" is. */
  readonly starts: readonly number[];
  readonly keyFrame: boolean;
  /** Of its first packet; 16 bits. */
  readonly sequence: number;
  /** 32 bits, 90 kHz. */
  readonly timestamp: number;
  readonly captureUnixUs: number;
}

export interface RtpNumbers {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
}

export const PAYLOAD_TYPE = 96;
const FRAME_HEADER = 4;
const RTP_HEADER = 12;

export function rtpPicture(
  unit: { nalUnits: readonly Uint8Array[]; keyFrame: boolean; captureUnixUs: number },
  { ssrc, sequence, timestamp }: RtpNumbers,
): RtpPicture {
  const parts: Buffer[] = [];
  const starts: number[] = [];
  let size = 0;
  for (const [i, { bytes, marker }] of packetizeH264(unit.nalUnits).entries()) {
    const packet = serializeRtp({
      payloadType: PAYLOAD_TYPE,
      marker,
      sequence: (sequence + i) & 0xffff,
      timestamp: timestamp >>> 0,
      ssrc,
      payload: bytes,
    });
    starts.push(size);
    parts.push(Buffer.of(0x24, 0, packet.length >> 8, packet.length & 0xff), packet);
    size += FRAME_HEADER + packet.length;
  }
  const { keyFrame, captureUnixUs } = unit;
  const framed = Buffer.concat(parts, size);
  return { framed, starts, keyFrame, sequence, timestamp: timestamp >>> 0, captureUnixUs };
}

/** A copy with other numbers: what a looped stream sends again. */
export function renumbered(
  picture: RtpPicture,
  { ssrc, sequence, timestamp }: RtpNumbers,
  captureUnixUs: number,
): RtpPicture {
  const framed = Buffer.from(picture.framed);
  picture.starts.forEach((start, i) => {
    framed.writeUInt16BE((sequence + i) & 0xffff, start + FRAME_HEADER + 2);
    framed.writeUInt32BE(timestamp >>> 0, start + FRAME_HEADER + 4);
    framed.writeUInt32BE(ssrc, start + FRAME_HEADER + 8);
  });
  return { ...picture, framed, sequence, timestamp: timestamp >>> 0, captureUnixUs };
}

/** The bytes to write for a client that chose this channel. */
export function framedFor(picture: RtpPicture, channel: number): Buffer {
  if (channel === 0) return picture.framed;
  const framed = Buffer.from(picture.framed);
  for (const start of picture.starts) framed[start + 1] = channel;
  return framed;
}

/** The packets alone, as they go over UDP. */
export function packetsOf(picture: RtpPicture): Buffer[] {
  return picture.starts.map((start, i) =>
    picture.framed.subarray(start + FRAME_HEADER, picture.starts[i + 1]),
  );
}

/** Payload bytes, as sender reports count them (RFC 3550 §6.4.1). */
export function payloadBytes(picture: RtpPicture): number {
  return picture.framed.length - picture.starts.length * (FRAME_HEADER + RTP_HEADER);
}
