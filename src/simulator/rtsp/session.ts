import type { Clock, Timer } from '../../core/clock.ts';
import { serializeRtcp } from '../../video/rtp/rtcp.ts';
import type { MediaTransport } from './media-transport.ts';
import type { RtpFeed } from './rtp-feed.ts';
import { payloadBytes, type RtpPicture } from './rtp-picture.ts';

export interface SessionOptions {
  readonly id: string;
  /** `/shop-1/main`. */
  readonly path: string;
  readonly feed: RtpFeed;
  readonly transport: MediaTransport;
  readonly clock: Clock;
  /** Without a request or a report for so long, the client is gone. */
  readonly timeoutMs: number;
  /** Called once, however it ends. */
  readonly onEnd: (reason: SessionEnd) => void;
}

export type SessionEnd = 'teardown' | 'timeout' | 'not-reading' | 'closed';

const REPORT_MS = 5_000;
/** So long nothing could be sent: the client does not read, and is not going to. */
const STALL_MS = 10_000;
const WATCH_MS = 1_000;
/** Seconds from 1900, where NTP counts from, to 1970. */
const NTP_1970 = 2_208_988_800;

/** One client watching one stream: ready after SETUP, playing after PLAY. */
export class Session {
  readonly id: string;
  readonly path: string;
  readonly #options: SessionOptions;
  #leave: (() => void) | undefined;
  #timer: Timer | undefined;
  #seenMs: number;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #stalledMs: number | undefined;
  /** After a gap nothing can be decoded before the next key frame. */
  #needsKeyFrame = false;
  #packets = 0;
  #octets = 0;
  #ended = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.path = options.path;
    this.#options = options;
    this.#seenMs = options.clock.nowMs();
    this.#watch();
  }

  /** The client is there. */
  touch(): void {
    this.#seenMs = this.#options.clock.nowMs();
  }

  play(): void {
    if (this.#leave || this.#ended) return;
    this.#needsKeyFrame = true;
    this.#leave = () => undefined;
    this.#leave = this.#options.feed.join((picture) => this.#picture(picture));
    if (this.#ended) this.#leave();
  }

  pause(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  end(reason: SessionEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.pause();
    this.#timer?.cancel();
    if (reason !== 'not-reading') this.#goodbye();
    this.#options.transport.close();
    this.#options.onEnd(reason);
  }

  #picture(picture: RtpPicture): void {
    if (this.#ended || (this.#needsKeyFrame && !picture.keyFrame)) return;
    const { transport, clock } = this.#options;
    if (!transport.ready) {
      this.#needsKeyFrame = true;
      this.#stalledMs ??= clock.nowMs();
      return;
    }
    this.#stalledMs = undefined;
    this.#needsKeyFrame = false;
    if (clock.nowMs() - this.#reportedMs >= REPORT_MS) this.#report(picture);
    transport.send(picture);
    this.#packets += picture.starts.length;
    this.#octets += payloadBytes(picture);
  }

  /** Which moment of the wall clock this picture belongs to (RFC 3550 §6.4.1). */
  #report(picture: RtpPicture): void {
    const { feed, transport, clock } = this.#options;
    this.#reportedMs = clock.nowMs();
    const us = picture.captureUnixUs;
    const report = {
      type: 'sr',
      ssrc: feed.ssrc,
      ntpSeconds: (Math.floor(us / 1e6) + NTP_1970) >>> 0,
      ntpFraction: Math.floor(((us % 1e6) / 1e6) * 2 ** 32) >>> 0,
      rtpTimestamp: picture.timestamp,
      packets: this.#packets,
      octets: this.#octets,
      reports: [],
    } as const;
    transport.sendControl(serializeRtcp([report, this.#description()]));
  }

  #description() {
    return { type: 'sdes', chunks: [{ ssrc: this.#options.feed.ssrc, cname: 'camera' }] } as const;
  }

  #goodbye(): void {
    const { feed, transport } = this.#options;
    const nothing = { type: 'rr', ssrc: feed.ssrc, reports: [] } as const;
    const bye = { type: 'bye', ssrcs: [feed.ssrc], reason: '' } as const;
    transport.sendControl(serializeRtcp([nothing, this.#description(), bye]));
  }

  #watch(): void {
    const { clock, timeoutMs } = this.#options;
    const nowMs = clock.nowMs();
    const stalledForMs = nowMs - (this.#stalledMs ?? nowMs);
    if (nowMs - this.#seenMs >= timeoutMs) this.end('timeout');
    else if (stalledForMs >= STALL_MS) this.end('not-reading');
    else this.#timer = clock.setTimer(WATCH_MS, () => this.#watch());
  }
}
