/**
 * The packets of one connection on their way to pictures: RTP and RTCP in, access units out, and
 * the receiver reports that a sender wants to see.
 */
import { randomInt } from 'node:crypto';
import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { AccessUnitSink } from '../access-unit.ts';
import type { Adapt, AdaptedStream } from '../rtp/adapt.ts';
import { createDepacketizer, type Depacketizer, isReadHere } from '../rtp/depacketizer.ts';
import { parseRtp, RtpError, type RtpPacket } from '../rtp/packet.ts';
import { RtpReceiver } from '../rtp/receiver.ts';
import { parseRtcp, type RtcpPacket, serializeRtcp } from '../rtp/rtcp.ts';
import type { Timeline } from '../rtp/timeline.ts';
import type { SdpFormat } from '../rtsp/sdp.ts';
import type { PacketHandlers } from '../rtsp/session.ts';
import type { StreamObserver } from './observer.ts';
import type { SourceCounters } from './state.ts';

export interface ReceptionOptions {
  format: SdpFormat;
  /** Packets may overtake each other. */
  datagrams: boolean;
  sink: AccessUnitSink;
  timeline: Timeline;
  counters: SourceCounters;
  clock: Clock;
  observer?: StreamObserver | undefined;
  /** Reads what is not read here; without it that is refused. */
  adapt?: Adapt | undefined;
  /** Is told what pictures are taken for the camera's without proof. */
  warn?: ((message: string) => void) | undefined;
  /** Aborts when no more is wanted. */
  signal: AbortSignal;
  /** Nothing will come of this stream as it is. */
  onUnplayable(reason: LiveViewError): void;
  /** The camera said goodbye (RFC 3550 §6.6), and nothing has come since. */
  onGoodbye(): void;
}

/** RFC 3550 §6.2: every few seconds; over UDP some servers take silence for the end. */
const REPORT_INTERVAL_MS = 5_000;

/** Whoever goes on sending for so long has not gone. */
const GOODBYE_MS = 500;

export class Reception implements PacketHandlers {
  readonly #options: ReceptionOptions;
  readonly #counters: SourceCounters;
  readonly #depacketizer: Depacketizer;
  readonly #adapted: AdaptedStream | undefined;
  readonly #receiver: RtpReceiver;
  readonly #ssrc = randomInt(2 ** 32 - 1);
  #reports: Timer | undefined;
  #farewell: Timer | undefined;

  /** @throws LiveViewError `codec-not-supported`, `too-many-encoders`. */
  constructor(options: ReceptionOptions) {
    const { format, adapt, onUnplayable: failed } = options;
    this.#options = options;
    this.#counters = options.counters;
    this.#adapted = isReadHere(format) ? undefined : adapt?.(format, { ...options, failed });
    this.#depacketizer = this.#adapted ?? createDepacketizer(format, options);
    this.#receiver = new RtpReceiver(
      {
        packet: (packet, captureUnixUs) => this.#ordered(packet, captureUnixUs),
        lost: (packets) => {
          this.#counters.lost += packets;
          this.#depacketizer.lost();
        },
        restart: () => this.#depacketizer.restart(),
        unannounced: (ssrc) =>
          options.warn?.(
            `the camera announced another sender (SSRC) than ${ssrc}, and that one never came; ` +
              'what is sent to its port is taken for its pictures',
          ),
      },
      { datagrams: options.datagrams },
    );
  }

  get codec(): Depacketizer['codec'] {
    return this.#depacketizer.codec;
  }

  /** What the camera sends, where that is made into something else. */
  get madeOf(): string | undefined {
    return this.#adapted && this.#options.format.encoding;
  }

  /** The SSRC that the SETUP reply announced. */
  expect(ssrc: number | undefined): void {
    this.#receiver.expect(ssrc);
  }

  rtp(bytes: Buffer, captureUnixUs: number): void {
    this.#counters.packets += 1;
    this.#counters.bytes += bytes.length;
    try {
      const packet = parseRtp(bytes);
      this.#options.observer?.packet(packet, captureUnixUs);
      this.#receiver.push(packet, captureUnixUs);
    } catch (error) {
      if (!(error instanceof RtpError)) throw error;
      this.#counters.strange += 1;
    }
  }

  rtcp(bytes: Buffer, captureUnixUs: number): void {
    for (const packet of readable(bytes)) {
      if (packet.type === 'sr') {
        this.#options.observer?.senderReport(packet, captureUnixUs);
        this.#receiver.senderReport(packet, captureUnixUs);
      } else if (packet.type === 'bye' && this.#isOurs(packet.ssrcs)) this.#goodbye();
    }
  }

  otherSender(address: string): void {
    this.#options.warn?.(
      `nothing comes from the camera's own address; what ${address} sends into its multicast group is ` +
        'taken for its pictures: give each camera a group of its own',
    );
  }

  lostStep(): void {
    this.#counters.lostSteps += 1;
    this.#depacketizer.lost();
  }

  /** The camera has agreed to PLAY. */
  playing(): void {
    this.#receiver.playing(this.#options.clock.unixUs());
  }

  /** Sends a receiver report now and then, until `close`. */
  startReports(send: (packet: Buffer) => void): void {
    this.#reports = this.#options.clock.setTimer(REPORT_INTERVAL_MS, () => {
      send(this.#report());
      this.startReports(send);
    });
  }

  /** Resolves when nothing is left of it. */
  async close(): Promise<void> {
    this.#reports?.cancel();
    this.#farewell?.cancel();
    await this.#adapted?.close();
  }

  /** GStreamer says it when it begins anew as another sender, and so does a session that was replaced. */
  #goodbye(): void {
    const { clock, onGoodbye } = this.#options;
    const { packets } = this.#counters;
    this.#receiver.goodbye();
    this.#farewell?.cancel();
    this.#farewell = clock.setTimer(GOODBYE_MS, () => {
      if (this.#counters.packets === packets) onGoodbye();
    });
  }

  #ordered(packet: RtpPacket, captureUnixUs: number): void {
    if (packet.payloadType !== this.#options.format.payloadType) this.#counters.strange += 1;
    else this.#depacketizer.packet(packet, captureUnixUs);
  }

  #isOurs(ssrcs: readonly number[]): boolean {
    const { ssrc } = this.#receiver;
    return ssrc !== undefined && ssrcs.includes(ssrc);
  }

  #report(): Buffer {
    const block = this.#receiver.report(this.#options.clock.unixUs());
    const ssrc = this.#ssrc;
    return serializeRtcp([
      { type: 'rr', ssrc, reports: block ? [block] : [] },
      { type: 'sdes', chunks: [{ ssrc, cname: 'liveview' }] },
    ]);
  }
}

function readable(bytes: Buffer): RtcpPacket[] {
  try {
    return parseRtcp(bytes);
  } catch (error) {
    if (error instanceof LiveViewError) return [];
    throw error;
  }
}
