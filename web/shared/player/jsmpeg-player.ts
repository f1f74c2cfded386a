import type { Media } from '../../../src/client/index.ts';
import type { PicturePlayer, PlayerFigures, PlayerHooks } from './picture-player.ts';
import { toRgba, type YCbCr } from './ycbcr.ts';

type Jsmpeg = typeof import('@cycjimmy/jsmpeg-player')['default'];

/** Fragments that wait while the decoder is being loaded. */
const MAX_WAITING = 300;
/** What the gateway's configuration allows at most, and a little. */
const MAX_PIXELS = 1_280 * 736;
const BUFFER_BYTES = 4 * 1024 * 1024;
/** A picture has a few start codes before its own: of the sequence, of the group, of user data. */
const MAX_START_CODES = 16;
const START_CODE_BITS = 32;

/**
 * Decodes MPEG-1 with JSMpeg's decoder, in JavaScript, and draws to a canvas, for browsers that have
 * nothing else. Of JSMpeg only demuxer and decoder are used: it opens no socket and puts nothing into
 * the page. Every picture is decoded, as each needs the one before; the newest is drawn at the next
 * repaint.
 */
export class JsmpegPlayer implements PicturePlayer {
  readonly kind = 'jsmpeg';
  readonly element = document.createElement('canvas');
  readonly #context = this.element.getContext('2d', { alpha: false });
  readonly #hooks: PlayerHooks;
  #waiting: Media[] | undefined = [];
  #decode: ((bytes: Uint8Array) => void) | undefined;
  #size = { width: 0, height: 0 };
  #image: ImageData | undefined;
  #newest: (YCbCr & { readonly captureUnixUs: number }) | undefined;
  #captureUnixUs = 0;
  #awaitsKey = false;
  #repaint = 0;
  #closed = false;
  #shown = 0;
  #decoded = 0;
  #dropped = 0;

  constructor(hooks: PlayerHooks) {
    this.#hooks = hooks;
    import('@cycjimmy/jsmpeg-player').then(
      ({ default: jsmpeg }) => this.#begin(jsmpeg),
      (error: unknown) => this.#fail(String(error)),
    );
  }

  get figures(): PlayerFigures {
    const { width, height } = this.element;
    const [shown, decoded, dropped] = [this.#shown, this.#decoded, this.#dropped];
    return { shown, decoded, dropped, bufferedMs: 0, width, height };
  }

  feed(media: Media): void {
    if (this.#closed || media.kind !== 'mpegts') return;
    if (this.#waiting) {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(media);
      return;
    }
    if (media.afterDrop) this.#awaitsKey = true;
    if (media.keyFrame) this.#awaitsKey = false;
    if (this.#awaitsKey) {
      this.#dropped += 1;
      return;
    }
    this.#captureUnixUs = media.captureUnixUs;
    this.#decode?.(media.bytes);
  }

  close(): void {
    this.#closed = true;
    cancelAnimationFrame(this.#repaint);
    this.#newest = undefined;
    this.#waiting = undefined;
    this.#decode = undefined;
    this.#context?.clearRect(0, 0, this.element.width, this.element.height);
  }

  #begin({ Demuxer: { TS }, Decoder: { MPEG1Video } }: Jsmpeg): void {
    if (this.#closed) return;
    const decoder = new MPEG1Video({
      streaming: true,
      videoBufferSize: BUFFER_BYTES,
      decodeFirstFrame: false,
    });
    decoder.connect({
      resize: (width, height) => this.#resize(width, height),
      render: (y, cr, cb) => this.#output(y, cr, cb),
    });
    const demuxer = new TS();
    demuxer.connect(TS.STREAM.VIDEO_1, decoder);
    this.#decode = (bytes) => {
      demuxer.write(bytes);
      for (let code = 0; code < MAX_START_CODES && decoder.bits.has(START_CODE_BITS); code += 1) {
        decoder.decode();
      }
    };
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const media of waiting) this.feed(media);
  }

  #resize(width: number, height: number): void {
    if (width * height > MAX_PIXELS) this.#fail(`a picture of ${width} by ${height}`);
    else this.#size = { width, height };
  }

  /** The decoder goes on to use these planes. */
  #output(y: Uint8ClampedArray, cr: Uint8ClampedArray, cb: Uint8ClampedArray): void {
    if (this.#closed) return;
    this.#decoded += 1;
    if (this.#newest) this.#dropped += 1;
    else this.#repaint = requestAnimationFrame(() => this.#paint());
    const planes = { y: y.slice(), cr: cr.slice(), cb: cb.slice() };
    this.#newest = { ...this.#size, ...planes, captureUnixUs: this.#captureUnixUs };
  }

  #paint(): void {
    const picture = this.#newest;
    this.#newest = undefined;
    if (!picture || !this.#context) return;
    const { width, height, captureUnixUs } = picture;
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.element.width = width;
      this.element.height = height;
      this.#image = this.#context.createImageData(width, height);
    }
    toRgba(picture, this.#image.data);
    this.#context.putImageData(this.#image, 0, 0);
    this.#shown += 1;
    this.#hooks.onShown(captureUnixUs);
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#hooks.onFailed(reason);
  }
}
