import { LiveViewError } from '../../core/errors.ts';

/** One picture of MPEG-1 in whole packets, with the tables that came before it. */
export interface TsPicture {
  readonly bytes: Buffer;
  readonly keyFrame: boolean;
  readonly timeMs: number;
  /** Of pictures that say it: those with a sequence header. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/*
 * MPEG-TS with one programme and one stream (ISO/IEC 13818-1 §2.4.3):
 *
 *   packet   | 47 | error start priority PID (13) | scrambling (2) adaptation payload counter (4) | … 188
 *   adaptation field, when there is one   | length (8) | flags (8) | … |
 *   PES      | 00 00 01 | stream E0 | length (16) | flags (16) | header length (8) | PTS … | data
 */
const PACKET_BYTES = 188;
const SYNC = 0x47;
const PES_FIXED_BYTES = 6;
const FIRST_VIDEO_STREAM = 0xe0;
const LAST_VIDEO_STREAM = 0xef;
const SEQUENCE_HEADER = Buffer.of(0, 0, 1, 0xb3);
const PICTURE_START = Buffer.of(0, 0, 1, 0);
/** Of a picture that is not complete. */
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;
const TICKS_A_MS = 90;

/**
 * Finds the pictures in what the muxer writes. A PES packet says how long it is unless that is more than
 * 65,535 bytes; then its last packet is the one that was filled up, or else the next one begins it.
 */
export class TsReader {
  #rest: Buffer = Buffer.alloc(0);
  #tables = new Map<number, Buffer>();
  #packets: Buffer[] = [];
  #videoPid: number | undefined;
  #picture:
    | {
        missingBytes: number | undefined;
        keyFrame: boolean;
        timeMs: number;
        size: TsPicture['size'];
      }
    | undefined;

  /** The tables that say what the stream is, one packet each; a player that begins is given them first. */
  get tables(): Buffer {
    return Buffer.concat([...this.#tables.values()]);
  }

  /**
   * The pictures that `chunk` completes.
   *
   * @throws LiveViewError `ts-malformed`; the reader is of no more use then.
   */
  push(chunk: Buffer): TsPicture[] {
    const pictures: TsPicture[] = [];
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) {
      this.#packet(bytes.subarray(at, at + PACKET_BYTES), pictures);
    }
    this.#rest = bytes.subarray(at);
    return pictures;
  }

  #packet(packet: Buffer, pictures: TsPicture[]): void {
    if (packet[0] !== SYNC) throw malformed('something else than MPEG-TS');
    const starts = ((packet[1] ?? 0) & 0x40) !== 0;
    const pid = packet.readUInt16BE(1) & 0x1fff;
    const adaptation = (packet[3] ?? 0) & 0x20 ? 1 + (packet[4] ?? 0) : 0;
    const payload = packet.subarray(Math.min(4 + adaptation, PACKET_BYTES));
    if (starts && isVideo(payload)) {
      this.#videoPid = pid;
      this.#end(pictures);
      this.#begin(payload);
    }
    this.#packets.push(packet);
    if (this.#packets.length * PACKET_BYTES > MAX_PICTURE_BYTES)
      throw malformed('a picture without end');
    if (pid !== this.#videoPid) {
      if (starts && !this.#tables.has(pid)) this.#tables.set(pid, packet);
      return;
    }
    const picture = this.#picture;
    if (!picture) return;
    if (picture.missingBytes !== undefined) {
      picture.missingBytes -= payload.length;
      if (picture.missingBytes <= 0) this.#end(pictures);
    } else if (!starts && adaptation > 0) this.#end(pictures);
  }

  #begin(pes: Buffer): void {
    const length = pes.readUInt16BE(4);
    const data = pes.subarray(9 + (pes[8] ?? 0));
    const header = data.indexOf(SEQUENCE_HEADER);
    const picture = data.indexOf(PICTURE_START);
    this.#picture = {
      missingBytes: length === 0 ? undefined : PES_FIXED_BYTES + length,
      // picture_coding_type 1: intra (ISO/IEC 11172-2 §2.4.3.4).
      keyFrame: header >= 0 || (picture >= 0 && (((data[picture + 5] ?? 0) >> 3) & 7) === 1),
      timeMs: timeOf(pes),
      size:
        header >= 0 && header + 7 <= data.length ? sizeOf(data.subarray(header + 4)) : undefined,
    };
  }

  #end(pictures: TsPicture[]): void {
    if (!this.#picture) return;
    const { keyFrame, timeMs, size } = this.#picture;
    pictures.push({ bytes: Buffer.concat(this.#packets), keyFrame, timeMs, size });
    this.#picture = undefined;
    this.#packets = [];
  }
}

function isVideo(pes: Buffer): boolean {
  if (pes.length < 9 || pes.readUIntBE(0, 3) !== 1) return false;
  const stream = pes[3] ?? 0;
  return stream >= FIRST_VIDEO_STREAM && stream <= LAST_VIDEO_STREAM;
}

/** PTS: 33 bits in five bytes with markers between them, from byte 9 on. */
function timeOf(pes: Buffer): number {
  if (((pes[7] ?? 0) & 0x80) === 0 || pes.length < 14) throw malformed('a picture without a time');
  const high = ((pes[9] ?? 0) >> 1) & 7;
  const middle = pes.readUInt16BE(10) >> 1;
  const low = pes.readUInt16BE(12) >> 1;
  return (high * 2 ** 30 + middle * 2 ** 15 + low) / TICKS_A_MS;
}

/** Twelve bits each (ISO/IEC 11172-2 §2.4.2.3). */
function sizeOf(header: Buffer): { width: number; height: number } {
  const both = header.readUIntBE(0, 3);
  return { width: both >> 12, height: both & 0xfff };
}

function malformed(what: string): LiveViewError {
  return new LiveViewError('ts-malformed', `ffmpeg's output holds ${what}`);
}
