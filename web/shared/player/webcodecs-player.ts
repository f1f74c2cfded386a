import type { Media } from '../../../src/client/index.ts';
import type { Sample, TrackInfo } from './demux.ts';
import { parseFragment, parseInit } from './demux.ts';
import type { PicturePlayer, PlayerFigures, PlayerHooks } from './picture-player.ts';

/** Pictures that may wait in the decoder; more means that it cannot keep up. */
const MAX_QUEUE = 8;
/** After a start the group of pictures arrives at once and is decoded through. */
const CATCH_UP_MS = 2_000;
const MAX_CATCH_UP_QUEUE = 600;
const MAX_FAILURES = 3;

/**
 * Decodes with WebCodecs and draws to a canvas. Only the newest decoded picture is drawn, at the
 * next repaint. When the decoder falls behind, everything is thrown away up to the next key frame.
 */
export class WebCodecsPlayer implements PicturePlayer {
  readonly kind = 'webcodecs';
  readonly element = document.createElement('canvas');
  readonly #context = this.element.getContext('2d', { alpha: false });
  readonly #hooks: PlayerHooks;
  /** Capture times of pictures in the decoder, by presentation time in µs. */
  readonly #captures = new Map<number, number>();
  #track: TrackInfo | undefined;
  #decoder: VideoDecoder | undefined;
  #awaitsKey = true;
  #catchUpUntilMs = 0;
  #newest: { frame: VideoFrame; captureUnixUs: number } | undefined;
  #repaint = 0;
  #failures = 0;
  #closed = false;
  #shown = 0;
  #decoded = 0;
  #dropped = 0;

  constructor(hooks: PlayerHooks) {
    this.#hooks = hooks;
  }

  get figures(): PlayerFigures {
    const waiting = [...this.#captures.values()];
    const [oldest, newest] = [waiting[0], waiting.at(-1)];
    return {
      shown: this.#shown,
      decoded: this.#decoded,
      dropped: this.#dropped,
      bufferedMs: oldest && newest ? (newest - oldest) / 1000 : 0,
      width: this.element.width,
      height: this.element.height,
    };
  }

  feed(media: Media): void {
    if (this.#closed) return;
    if (media.kind === 'init') {
      this.#track = parseInit(media.bytes);
      this.#catchUpUntilMs = performance.now() + CATCH_UP_MS;
      this.#restart();
      return;
    }
    if (!this.#track) return;
    if (media.afterDrop) this.#awaitsKey = true;
    for (const sample of parseFragment(media.bytes, this.#track)) {
      this.#decode(sample, this.#track, media.captureUnixUs);
    }
  }

  close(): void {
    this.#closed = true;
    cancelAnimationFrame(this.#repaint);
    this.#newest?.frame.close();
    this.#newest = undefined;
    this.#captures.clear();
    if (this.#decoder?.state !== 'closed') this.#decoder?.close();
    this.#context?.clearRect(0, 0, this.element.width, this.element.height);
  }

  #decode(sample: Sample, track: TrackInfo, captureUnixUs: number): void {
    if (this.#awaitsKey && !sample.keyFrame) {
      this.#dropped += 1;
      return;
    }
    if (this.#isBehind()) {
      this.#dropped += this.#captures.size;
      this.#restart();
      if (!sample.keyFrame) return;
    }
    this.#awaitsKey = false;
    const timestamp = Math.round((sample.presentationTime / track.timescale) * 1e6);
    this.#captures.set(timestamp, captureUnixUs);
    const { keyFrame, data } = sample;
    this.#decoder?.decode(
      new EncodedVideoChunk({ type: keyFrame ? 'key' : 'delta', timestamp, data }),
    );
  }

  #isBehind(): boolean {
    const catchingUp = performance.now() < this.#catchUpUntilMs;
    return (this.#decoder?.decodeQueueSize ?? 0) > (catchingUp ? MAX_CATCH_UP_QUEUE : MAX_QUEUE);
  }

  /** A decoder with nothing in it, which begins at a key frame. */
  #restart(): void {
    if (!this.#track) return;
    this.#captures.clear();
    this.#awaitsKey = true;
    if (!this.#decoder || this.#decoder.state === 'closed') this.#decoder = this.#newDecoder();
    else this.#decoder.reset();
    const { codec, description, width, height } = this.#track;
    this.#decoder.configure({
      codec,
      description,
      codedWidth: width,
      codedHeight: height,
      optimizeForLatency: true,
    });
  }

  #newDecoder(): VideoDecoder {
    return new VideoDecoder({
      output: (frame) => this.#output(frame),
      error: (error) => this.#failed(error),
    });
  }

  #output(frame: VideoFrame): void {
    const captureUnixUs = this.#captures.get(frame.timestamp);
    this.#captures.delete(frame.timestamp);
    if (this.#closed || captureUnixUs === undefined) {
      frame.close();
      return;
    }
    this.#decoded += 1;
    this.#failures = 0;
    if (this.#newest) {
      this.#newest.frame.close();
      this.#dropped += 1;
    } else this.#repaint = requestAnimationFrame(() => this.#paint());
    this.#newest = { frame, captureUnixUs };
  }

  #paint(): void {
    if (!this.#newest) return;
    const { frame, captureUnixUs } = this.#newest;
    this.#newest = undefined;
    const { displayWidth, displayHeight } = frame;
    if (this.element.width !== displayWidth) this.element.width = displayWidth;
    if (this.element.height !== displayHeight) this.element.height = displayHeight;
    this.#context?.drawImage(frame, 0, 0);
    frame.close();
    this.#shown += 1;
    this.#hooks.onShown(captureUnixUs);
  }

  /** One bad picture closes a decoder; several in a row mean that this browser cannot decode it. */
  #failed(error: Error): void {
    if (this.#closed) return;
    this.#failures += 1;
    if (this.#failures >= MAX_FAILURES) this.#hooks.onFailed(error.message);
    else this.#restart();
  }
}

/** Whether this page may use WebCodecs at all, and for this codec. */
export async function webCodecsCan(codec: string): Promise<boolean> {
  if (!('VideoDecoder' in globalThis)) return false;
  try {
    return (
      (await VideoDecoder.isConfigSupported({ codec, optimizeForLatency: true })).supported === true
    );
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}
