/**
 * One RTP sender as a receiver sees it (RFC 3550 §6.4, §8, appendix A): packets in order, loss,
 * jitter, and what goes into a receiver report.
 *
 * Over UDP packets that come early wait for the missing one, at most `REORDER_PACKETS` of them or
 * `REORDER_US`; over TCP nothing waits, a gap is a loss (the camera's own buffer overflowed).
 * No timer: the next arrival decides, so that a packet costs no more than it has to.
 */
import { Jitter } from './jitter.ts';
import type { RtpPacket } from './packet.ts';
import type { ReportBlock, SenderReport } from './rtcp.ts';

export interface ReceiverHandlers {
  packet(packet: RtpPacket, captureUnixUs: number): void;
  /** Packets are missing between the last and the next. */
  lost(packets: number): void;
  /** Another sender took over, or this one began anew: order and time have no relation to before. */
  restart(): void;
  /** SETUP announced another sender, of which nothing came; this one is taken for it. */
  unannounced?(ssrc: number): void;
}

export interface ReceiverOptions {
  /** Over UDP packets overtake each other, and others may send to the same port. */
  datagrams: boolean;
}

const REORDER_PACKETS = 24;
const REORDER_US = 60_000;
/** RFC 3550 appendix A.1: a larger step is a new numbering, once the next packet agrees. */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
/** Packets in a row from another sender before it is taken for the camera's new self. */
const FOREIGN_BEFORE_SWITCH = 32;
/** Over UDP so many are one key frame of another camera; the own one has to be silent as well. */
const SILENT_BEFORE_SWITCH_US = 2_000_000;
/** After PLAY, before the announcement of a sender is taken for wrong. */
const ANNOUNCED_SILENT_US = 1_000_000;

interface Early {
  packet: RtpPacket;
  captureUnixUs: number;
}

export class RtpReceiver {
  readonly #handlers: ReceiverHandlers;
  readonly #options: ReceiverOptions;
  #ssrc: number | undefined;
  #expectedSsrc: number | undefined;
  #foreign = 0;
  /** Whoever was heard has said goodbye. */
  #hasLeft = false;
  /** When the sender was heard last, or could have been first. */
  #heardUnixUs: number | undefined;
  /** Sequence numbers are extended: the low 16 bits are the packet's, the upper count its wraps. */
  #base = 0;
  #next = 0;
  /** The sequence number that would confirm a new numbering. */
  #confirming = -1;
  readonly #early = new Map<number, Early>();
  #received = 0;
  readonly #jitter = new Jitter();
  #reportedExpected = 0;
  #reportedReceived = 0;
  #lastSr = 0;
  #lastSrUnixUs = 0;

  constructor(handlers: ReceiverHandlers, options: ReceiverOptions) {
    this.#handlers = handlers;
    this.#options = options;
  }

  /** Undefined until the first packet. */
  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  /** What the SETUP reply announced; a packet from this sender is believed at once. */
  expect(ssrc: number | undefined): void {
    this.#expectedSsrc = ssrc;
  }

  /** The camera has agreed to PLAY: from now on its silence counts. */
  playing(nowUnixUs: number): void {
    this.#heardUnixUs ??= nowUnixUs;
  }

  push(packet: RtpPacket, captureUnixUs: number): void {
    if (packet.ssrc !== this.#ssrc && !this.#adopt(packet, captureUnixUs)) return;
    this.#foreign = 0;
    this.#hasLeft = false;
    this.#heardUnixUs = captureUnixUs;
    const ahead = ((packet.sequence - this.#next) << 16) >> 16;
    if (ahead >= MAX_DROPOUT || ahead < -MAX_MISORDER) {
      if (this.#renumbers(packet)) this.#deliver(packet, captureUnixUs);
      return;
    }
    this.#confirming = -1;
    if (ahead < 0) return;
    if (ahead > 0 && this.#options.datagrams) {
      this.#early.set(this.#next + ahead, { packet, captureUnixUs });
    } else {
      if (ahead > 0) this.#skip(ahead);
      this.#deliver(packet, captureUnixUs);
    }
    if (this.#early.size > 0) this.#release(captureUnixUs);
  }

  /** The sender has left: whoever sends next takes over. */
  goodbye(): void {
    this.#hasLeft = true;
  }

  /** Remembers a sender report for the round trip of RFC 3550 §6.4.1. */
  senderReport(report: SenderReport, arrivedUnixUs: number): void {
    this.#lastSr = ((report.ntpSeconds << 16) | (report.ntpFraction >>> 16)) >>> 0;
    this.#lastSrUnixUs = arrivedUnixUs;
  }

  /** The block of a receiver report, RFC 3550 appendix A.3; undefined before the first packet. */
  report(nowUnixUs: number): ReportBlock | undefined {
    if (this.#ssrc === undefined) return undefined;
    const expected = this.#next - this.#base;
    const expectedNow = expected - this.#reportedExpected;
    const lostNow = expectedNow - (this.#received - this.#reportedReceived);
    this.#reportedExpected = expected;
    this.#reportedReceived = this.#received;
    const sinceSr = this.#lastSr === 0 ? 0 : (nowUnixUs - this.#lastSrUnixUs) * 0.065536;
    return {
      ssrc: this.#ssrc,
      fractionLost: lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      cumulativeLost: Math.min(expected - this.#received, 0x7fffff),
      highestSequence: (this.#next - 1) >>> 0,
      jitter: Math.round(this.#jitter.value90k),
      lastSr: this.#lastSr,
      delaySinceLastSr: Math.max(0, Math.round(sinceSr)),
    };
  }

  /**
   * Whether a packet of another SSRC is ours from now on. Stale sessions of some servers keep
   * sending beside the new one, so a single strange packet changes nothing.
   */
  #adopt(packet: RtpPacket, captureUnixUs: number): boolean {
    this.#foreign += 1;
    if (packet.ssrc !== this.#expectedSsrc && !this.#mayTakeOver(captureUnixUs)) return false;
    const isFirst = this.#ssrc === undefined;
    if (isFirst && this.#expectedSsrc !== undefined && packet.ssrc !== this.#expectedSsrc) {
      this.#handlers.unannounced?.(packet.ssrc);
    }
    this.#ssrc = packet.ssrc;
    this.#begin(packet);
    if (!isFirst) this.#handlers.restart();
    return true;
  }

  /**
   * Over TCP the connection says whose packets these are. Over UDP another camera may send to the same group, or
   * another channel of a recorder: where SETUP announced a sender and that was heard, it stays; where it never
   * came, the announcement was wrong, as some cameras' are.
   */
  #mayTakeOver(captureUnixUs: number): boolean {
    if (this.#hasLeft) return true;
    const { datagrams } = this.#options;
    if (this.#ssrc === undefined && !(datagrams && this.#expectedSsrc !== undefined)) return true;
    const silentUs = captureUnixUs - (this.#heardUnixUs ?? captureUnixUs);
    if (this.#ssrc === undefined) return silentUs >= ANNOUNCED_SILENT_US;
    if (this.#foreign < FOREIGN_BEFORE_SWITCH) return false;
    if (!datagrams) return true;
    return silentUs >= SILENT_BEFORE_SWITCH_US && this.#ssrc !== this.#expectedSsrc;
  }

  #renumbers(packet: RtpPacket): boolean {
    if (packet.sequence !== this.#confirming) {
      this.#confirming = (packet.sequence + 1) & 0xffff;
      return false;
    }
    this.#begin(packet);
    this.#handlers.restart();
    return true;
  }

  #begin(packet: RtpPacket): void {
    this.#base = packet.sequence;
    this.#next = packet.sequence;
    this.#confirming = -1;
    this.#early.clear();
    this.#received = 0;
    this.#reportedExpected = 0;
    this.#reportedReceived = 0;
    this.#jitter.restart();
    this.#lastSr = 0;
  }

  #deliver(packet: RtpPacket, captureUnixUs: number): void {
    this.#next += 1;
    this.#received += 1;
    this.#jitter.add(packet.timestamp, captureUnixUs);
    this.#handlers.packet(packet, captureUnixUs);
  }

  #skip(packets: number): void {
    this.#next += packets;
    this.#handlers.lost(packets);
  }

  /** Delivers what waited for the packet just delivered, or gives up waiting. */
  #release(nowUnixUs: number): void {
    this.#deliverEarly();
    if (this.#early.size === 0 || !this.#waitedEnough(nowUnixUs)) return;
    this.#skip(Math.min(...this.#early.keys()) - this.#next);
    this.#deliverEarly();
  }

  #deliverEarly(): void {
    for (let found = this.#early.get(this.#next); found; found = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#deliver(found.packet, found.captureUnixUs);
    }
  }

  #waitedEnough(nowUnixUs: number): boolean {
    if (this.#early.size > REORDER_PACKETS) return true;
    const [oldest] = this.#early.values();
    return oldest !== undefined && nowUnixUs - oldest.captureUnixUs > REORDER_US;
  }
}
