/** What can be measured on RTP packets and sender reports as they arrive. Pure: time comes with them. */
import { Jitter } from '../../video/rtp/jitter.ts';
import type { RtpPacket } from '../../video/rtp/packet.ts';
import type { SenderReport } from '../../video/rtp/rtcp.ts';

type Packet = Pick<RtpPacket, 'timestamp'> & { readonly payload: { readonly length: number } };

export interface PacketFigures {
  readonly packets: number;
  /** Mean over the time between the first and the last packet, of what they carry. */
  readonly kbps: number;
  /** The busiest second. */
  readonly peakKbps: number;
  /** RFC 3550 §6.4.1, at the end and at its worst; packets of one picture share a timestamp. */
  readonly jitterMs: { readonly last: number; readonly max: number };
  /** How far the clock that the camera stamps with is ahead of ours, by its last sender report. */
  readonly clockOffsetMs?: number;
  readonly senderReports: number;
}

/** The busiest second is found among those that begin at a tenth. */
const SLOT_US = 100_000;
const SLOTS = 10;
/** Ten minutes. */
const MAX_SLOTS = 6_000;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;
/** A camera that has no wall clock counts from when it was switched on, or from 1970. */
const EARLIEST_UNIX_S = 946_684_800; // 2000-01-01

export class PacketMeter {
  readonly #jitter = new Jitter();
  readonly #slots: number[] = [];
  #packets = 0;
  #bytes = 0;
  #firstUnixUs = 0;
  #lastUnixUs = 0;
  #maxJitter90k = 0;
  #senderReports = 0;
  #clockOffsetMs: number | undefined;

  packet({ timestamp, payload }: Packet, captureUnixUs: number): void {
    const bytes = payload.length;
    if (this.#packets === 0) this.#firstUnixUs = captureUnixUs;
    this.#lastUnixUs = captureUnixUs;
    this.#packets += 1;
    this.#bytes += bytes;
    this.#jitter.add(timestamp, captureUnixUs);
    this.#maxJitter90k = Math.max(this.#maxJitter90k, this.#jitter.value90k);
    const slot = Math.floor((captureUnixUs - this.#firstUnixUs) / SLOT_US);
    if (slot >= 0 && slot < MAX_SLOTS) this.#slots[slot] = (this.#slots[slot] ?? 0) + bytes;
  }

  /** RFC 3550 §6.4.1: the wall clock of the camera when it sent the report. */
  senderReport(
    report: Pick<SenderReport, 'ntpSeconds' | 'ntpFraction'>,
    captureUnixUs: number,
  ): void {
    this.#senderReports += 1;
    const unixS = report.ntpSeconds - NTP_TO_UNIX_S;
    if (unixS < EARLIEST_UNIX_S) return;
    this.#clockOffsetMs =
      unixS * 1000 + (report.ntpFraction * 1000) / 2 ** 32 - captureUnixUs / 1000;
  }

  figures(): PacketFigures {
    const spanMs = (this.#lastUnixUs - this.#firstUnixUs) / 1000;
    return {
      packets: this.#packets,
      kbps: spanMs > 0 ? (this.#bytes * 8) / spanMs : 0,
      peakKbps: (this.#busiest() * 8) / 1000,
      jitterMs: { last: this.#jitter.value90k / 90, max: this.#maxJitter90k / 90 },
      ...(this.#clockOffsetMs === undefined ? {} : { clockOffsetMs: this.#clockOffsetMs }),
      senderReports: this.#senderReports,
    };
  }

  /** Bytes of ten slots in a row. */
  #busiest(): number {
    let most = 0;
    let sum = 0;
    for (let i = 0; i < this.#slots.length; i += 1) {
      sum += (this.#slots[i] ?? 0) - (this.#slots[i - SLOTS] ?? 0);
      most = Math.max(most, sum);
    }
    return most;
  }
}
