import type { Media } from '../../../src/client/index.ts';
import type { TrackInfo } from './demux.ts';
import { parseFragment, parseInit } from './demux.ts';
import { liveEdge } from './live-edge.ts';
import type { PicturePlayer, PlayerFigures, PlayerHooks } from './picture-player.ts';

/** Seconds of pictures that stay in the buffer behind what is shown. */
const KEEP_S = 4;
const TRIM_AT_S = 12;
/** Fragments that wait for the buffer; more means that it does not take them any more. */
const MAX_PENDING = 600;
const MAX_CAPTURES = 1_000;

/**
 * Plays through a `<video>` with Media Source Extensions, for pages without WebCodecs. The element
 * keeps a buffer of its own, so that this is later than the canvas; `liveEdge` keeps it short.
 */
export class MsePlayer implements PicturePlayer {
  readonly kind = 'mse';
  readonly element = document.createElement('video');
  readonly #hooks: PlayerHooks;
  readonly #source = new MediaSource();
  readonly #url = URL.createObjectURL(this.#source);
  #buffer: SourceBuffer | undefined;
  #codec: string | undefined;
  #track: TrackInfo | undefined;
  #pending: Uint8Array<ArrayBuffer>[] = [];
  /** Presentation time in seconds and capture time of what is in the buffer, oldest first. */
  #captures: { atS: number; captureUnixUs: number }[] = [];
  #awaitsKey = true;
  #shown = 0;
  #decoded = 0;
  #dropped = 0;
  #closed = false;

  constructor(hooks: PlayerHooks) {
    this.#hooks = hooks;
    this.element.muted = true;
    this.element.playsInline = true;
    this.element.disablePictureInPicture = true;
    this.element.src = this.#url;
    this.#source.addEventListener('sourceopen', () => this.#pump());
    this.element.addEventListener('error', () => this.#fail());
    this.element.requestVideoFrameCallback((_now, frame) => this.#onFrame(frame));
  }

  get figures(): PlayerFigures {
    const { videoWidth: width, videoHeight: height } = this.element;
    const bufferedMs = Math.max(0, this.#endS - this.element.currentTime) * 1000;
    const { totalVideoFrames, droppedVideoFrames } = this.element.getVideoPlaybackQuality();
    return {
      shown: this.#shown,
      decoded: Math.max(this.#decoded, totalVideoFrames),
      dropped: this.#dropped + droppedVideoFrames,
      bufferedMs: this.#buffer ? bufferedMs : 0,
      width,
      height,
    };
  }

  feed(media: Media): void {
    if (this.#closed) return;
    if (media.kind === 'init') {
      this.#track = parseInit(media.bytes);
      this.#awaitsKey = true;
      this.#codec = this.#track.codec;
      this.#enqueue(media.bytes);
      return;
    }
    if (!this.#track || (this.#awaitsKey && !media.keyFrame)) return;
    if (this.#pending.length > MAX_PENDING) {
      this.#dropped += this.#pending.length;
      this.#pending = [];
      this.#awaitsKey = true;
      return;
    }
    this.#awaitsKey = false;
    for (const { presentationTime } of parseFragment(media.bytes, this.#track)) {
      const atS = presentationTime / this.#track.timescale;
      this.#captures.push({ atS, captureUnixUs: media.captureUnixUs });
    }
    if (this.#captures.length > MAX_CAPTURES) this.#captures.splice(0, MAX_CAPTURES / 2);
    this.#enqueue(media.bytes);
  }

  close(): void {
    this.#closed = true;
    this.#pending = [];
    this.#captures = [];
    this.element.removeAttribute('src');
    this.element.load();
    URL.revokeObjectURL(this.#url);
  }

  #enqueue(bytes: Uint8Array<ArrayBuffer>): void {
    this.#pending.push(bytes);
    this.#pump();
  }

  /** Everything that waits goes in at once: a buffer that is busy never delays by one picture each. */
  #pump(): void {
    if (this.#closed || this.#source.readyState !== 'open' || this.#pending.length === 0) return;
    this.#buffer ??= this.#newBuffer();
    if (!this.#buffer || this.#buffer.updating) return;
    const bytes = concatenate(this.#pending);
    this.#pending = [];
    try {
      this.#buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#hooks.onFailed(error.message);
    }
  }

  #newBuffer(): SourceBuffer | undefined {
    const type = mseType(this.#codec ?? '');
    if (!MediaSource.isTypeSupported(type)) {
      this.#hooks.onFailed(`${type} is not supported`);
      return undefined;
    }
    const buffer = this.#source.addSourceBuffer(type);
    buffer.addEventListener('updateend', () => this.#updated(buffer));
    return buffer;
  }

  #updated(buffer: SourceBuffer): void {
    if (this.#closed || buffer.updating) return;
    this.#keepUp(buffer);
    const startS = buffer.buffered.length > 0 ? buffer.buffered.start(0) : 0;
    const shownS = this.element.currentTime;
    if (shownS - startS > TRIM_AT_S) buffer.remove(startS, shownS - KEEP_S);
    else this.#pump();
  }

  #keepUp(buffer: SourceBuffer): void {
    const { length } = buffer.buffered;
    if (length === 0) return;
    const range = {
      startS: buffer.buffered.start(length - 1),
      endS: buffer.buffered.end(length - 1),
    };
    const { seekToS, rate } = liveEdge(this.element.currentTime, range);
    if (seekToS !== undefined) this.element.currentTime = seekToS;
    if (this.element.playbackRate !== rate) this.element.playbackRate = rate;
    if (this.element.paused) {
      this.element.play().catch((error: unknown) => {
        if (!this.#closed) this.#hooks.onFailed(String(error));
      });
    }
  }

  #onFrame({ mediaTime, presentedFrames }: VideoFrameCallbackMetadata): void {
    if (this.#closed) return;
    this.#decoded = presentedFrames;
    this.#shown += 1;
    while (this.#captures[1] && this.#captures[1].atS <= mediaTime + 0.001) this.#captures.shift();
    const captureUnixUs = this.#captures[0]?.captureUnixUs;
    if (captureUnixUs !== undefined) this.#hooks.onShown(captureUnixUs);
    this.element.requestVideoFrameCallback((_now, frame) => this.#onFrame(frame));
  }

  get #endS(): number {
    const { buffered } = this.element;
    return buffered.length > 0 ? buffered.end(buffered.length - 1) : 0;
  }

  #fail(): void {
    if (!this.#closed) this.#hooks.onFailed(this.element.error?.message || 'the video failed');
  }
}

export function mseCan(codec: string): boolean {
  return 'MediaSource' in globalThis && MediaSource.isTypeSupported(mseType(codec));
}

function mseType(codec: string): string {
  return `video/mp4; codecs="${codec}"`;
}

function concatenate(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
