import type { Clock, Timer } from '../../core/clock.ts';
import type { Viewpoint } from '../ptz-model.ts';
import type { Act } from './acts.ts';
import { Encoder, type EncoderHandlers, type StreamShape } from './encoder.ts';
import type { Renderer } from './renderer.ts';

/**
 * Renders and encodes one camera at one size, paced by the clock: picture `n` belongs to the moment
 * `n / fps`, so that timestamps are even however late a timer fires. Moments count from 1970, so that
 * they go on where the stream before stopped; a step of the wall clock in between changes nothing.
 * Runs in the worker.
 */
export class SceneStream {
  readonly #clock: Clock;
  readonly #shape: StreamShape;
  readonly #renderer: Renderer;
  readonly #viewpoint: () => Viewpoint | undefined;
  readonly #act: () => Act | undefined;
  readonly #encoder: Encoder;
  readonly #epochMs: number;
  #timer: Timer | undefined;
  #last: number;

  constructor(options: {
    name: string;
    shape: StreamShape;
    renderer: Renderer;
    viewpoint: () => Viewpoint | undefined;
    act: () => Act | undefined;
    clock: Clock;
    handlers: EncoderHandlers;
  }) {
    this.#clock = options.clock;
    this.#shape = options.shape;
    this.#renderer = options.renderer;
    this.#viewpoint = options.viewpoint;
    this.#act = options.act;
    this.#epochMs = options.clock.unixUs() / 1000 - options.clock.nowMs();
    this.#encoder = new Encoder(options.name, options.shape, options.handlers, options.clock);
    // The stream before may have shown this moment already.
    this.#last = this.#numberAt(this.#nowMs());
    this.#tick();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#encoder.stop();
  }

  #tick(): void {
    const { fps } = this.#shape;
    const number = this.#numberAt(this.#nowMs());
    if (number > this.#last && this.#encoder.ready) {
      this.#last = number;
      const unixUs = this.#clock.unixUs();
      this.#renderer.play(this.#act());
      const picture = this.#renderer.render(unixUs, this.#viewpoint());
      this.#encoder.write(picture.bytes, Math.round((number * 90_000) / fps), unixUs);
    }
    const nextMs = ((number + 1) * 1000) / fps;
    this.#timer = this.#clock.setTimer(nextMs - this.#nowMs(), () => this.#tick());
  }

  #nowMs(): number {
    return this.#epochMs + this.#clock.nowMs();
  }

  #numberAt(ms: number): number {
    return Math.floor((ms / 1000) * this.#shape.fps);
  }
}
