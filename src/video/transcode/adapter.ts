import { Backoff } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { NAL, nalType } from '../h264/nal.ts';
import type { Adapt, AdaptedStream, AdaptOptions, ForeignFormat } from '../rtp/adapt.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { AdaptRun } from './adapt-run.ts';
import type { Encoder } from './encoder.ts';
import type { startFfmpeg } from './ffmpeg.ts';
import { type ForeignCodec, requireForeignCodec } from './foreign-codec.ts';
import { type GatheredPicture, PictureGatherer } from './picture-gatherer.ts';
import type { Rung } from './rung.ts';
import { ToldRate } from './told-rate.ts';

export interface AdapterDeps {
  /** For logs. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** The largest picture that is made, and its ceiling. */
  readonly rung: Rung;
  readonly encoder: () => Encoder;
  /** A place for one more encoder, and how it is given back. @throws LiveViewError. */
  readonly take: () => () => void;
  readonly start?: typeof startFfmpeg;
  readonly random?: () => number;
}

/** A process that lasted this long did its work; the back-off begins anew. */
const SOUND_MS = 10_000;
/** In a row that gave nothing; then the connection ends with what ffmpeg said. */
const VAIN_RUNS = 4;
/** Between pictures that share a packet, and so the time of the first. */
const APART_90K = 90;

/** Makes H.264 of what the gateway does not read itself: MJPEG, MPEG-4 Part 2 and the rest of what ffmpeg knows. */
export function adaptWith(deps: AdapterDeps): Adapt {
  // What one connection has taught holds for the next.
  const rate = new ToldRate();
  return (format, options) => {
    const codec = requireForeignCodec(format.encoding);
    rate.interrupted();
    return new Adapter(format, {
      ...deps,
      ...options,
      codec,
      rate,
      giveBack: deps.take(),
    });
  };
}

type AdapterOptions = AdapterDeps &
  AdaptOptions & {
    readonly codec: ForeignCodec;
    readonly rate: ToldRate;
    readonly giveBack: () => void;
  };

/**
 * One connection's stream through ffmpeg, which is started at once, so as to be ready when the first picture
 * comes, and again after a pause whenever it ends. A picture that comes out has the times of the one
 * that went in.
 */
class Adapter implements AdaptedStream {
  readonly codec = 'h264';
  readonly #format: ForeignFormat;
  readonly #depacketize: (payloads: readonly Buffer[]) => Buffer[];
  readonly #options: AdapterOptions;
  readonly #backoff: Backoff;
  readonly #gatherer = new PictureGatherer((picture) => this.#picture(picture));
  #run: AdaptRun | undefined;
  #pause: Timer | undefined;
  /** Ends of processes that are still to come, for `close`. */
  readonly #ending = new Set<Promise<void>>();
  #vainRuns = 0;
  /** Width and height as the packets say them. */
  #shape: number | undefined;
  /** Something is missing since the last picture that went in, and pictures are made of one another. */
  #isInterrupted = false;
  #closed = false;

  constructor(format: ForeignFormat, options: AdapterOptions) {
    this.#format = format;
    this.#options = options;
    this.#depacketize = options.codec.depacketizer();
    this.#backoff = new Backoff(undefined, options.random);
    options.signal.addEventListener('abort', this.#abandon, { once: true });
    this.#begin();
  }

  packet(packet: RtpPacket, captureUnixUs: number): void {
    if (!this.#closed) this.#gatherer.packet(packet, captureUnixUs);
  }

  lost(): void {
    this.#gatherer.lost();
  }

  restart(): void {
    this.#gatherer.restart();
    this.#leftOut();
    this.#options.timeline.restart();
  }

  async close(): Promise<void> {
    this.#abandon();
    await Promise.all(this.#ending);
  }

  /** Whoever needs the encoder's place more may have it at once. */
  readonly #abandon = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.signal.removeEventListener('abort', this.#abandon);
    this.#options.giveBack();
    this.#pause?.cancel();
    this.#leave();
  };

  #picture({ timestamp, captureUnixUs, payloads, whole }: GatheredPicture): void {
    const { timeline, counters, codec, rate } = this.#options;
    const pts90k = timeline.next(timestamp);
    rate.picture({ pts90k });
    const run = this.#run;
    if (run?.stalled) run.fail('ffmpeg took pictures and gave none');
    const [first] = payloads;
    if (whole && first && this.#isHindered(first)) return;
    const pictures = whole ? this.#depacketize(payloads) : [];
    if (!first || pictures.length === 0) {
      counters.broken += 1;
      this.#leftOut();
      return;
    }
    this.#followShape(first);
    const begins = codec.canBegin(payloads);
    if (begins) this.#correctRate();
    const mustBegin = run?.isFed === false || this.#isInterrupted;
    if (!run || run.full || (mustBegin && !begins)) {
      counters.undecodable += 1;
      this.#leftOut();
      return;
    }
    this.#isInterrupted = false;
    for (const [index, picture] of pictures.entries()) {
      const own = pts90k + index * APART_90K;
      run.write(picture, begins && index === 0, { pts90k: own, captureUnixUs });
    }
  }

  /** What follows a picture that ffmpeg does not get is of no use up to the next that is made of nothing else. */
  #leftOut(): void {
    if (this.#options.codec.standsAlone || this.#isInterrupted) return;
    this.#isInterrupted = true;
    if (this.#run?.isFed) this.#options.sink.discontinuity();
  }

  #isHindered(first: Buffer): boolean {
    const hindrance = this.#options.codec.hindrance?.(first);
    if (hindrance === undefined) return false;
    const advice = 'choose H.264 in the camera, or a smaller picture';
    this.#fail('codec-not-supported', `${hindrance}; ${advice}`);
    return true;
  }

  /** An encoder cannot change its size on the way. */
  #followShape(first: Buffer): void {
    const shape = this.#options.codec.shape?.(first);
    if (shape === undefined || shape === this.#shape) return;
    const isFirst = this.#shape === undefined;
    this.#shape = shape;
    if (!isFirst && this.#run?.isFed) this.#anew();
  }

  /** Nor can it be told another rate. */
  #correctRate(): void {
    const { rate, log } = this.#options;
    if (!this.#run?.isFed || !rate.isWrong()) return;
    const { perSecond } = rate;
    log.info('the camera sends pictures at another rate than was thought', { perSecond });
    this.#anew();
  }

  #anew(): void {
    this.#leave();
    this.#options.sink.discontinuity();
    this.#begin();
  }

  #begin(): void {
    const { name, clock, rung, encoder, codec, rate, start } = this.#options;
    const startedMs = clock.nowMs();
    let made = 0;
    const codecPrivate = codec.setup?.(this.#format.parameters);
    const run: AdaptRun = new AdaptRun({
      ...{ name, clock, rung, codec, track: { codecId: codec.codecId, codecPrivate } },
      encoder: encoder(),
      framesPerSecond: rate.tell(),
      ...(start ? { start } : {}),
      made: ({ nalUnits, keyFrame }, stamp) => {
        if (this.#run !== run || this.#closed) return;
        made += 1;
        this.#vainRuns = 0;
        this.#options.counters.pictures += 1;
        const own = nalUnits.filter((nal) => nalType(nal) !== NAL.sei);
        this.#options.sink.accessUnit({ codec: 'h264', nalUnits: own, keyFrame, ...stamp });
      },
    });
    this.#run = run;
    const ending = run.ended
      .then((reason) => {
        if (clock.nowMs() - startedMs >= SOUND_MS && made > 0) this.#backoff.reset();
        this.#ended(run, reason);
      })
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #ended(run: AdaptRun, reason: string): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    const { encoding } = this.#format;
    this.#vainRuns += 1;
    if (this.#vainRuns >= VAIN_RUNS) {
      this.#fail('ffmpeg-failed', `ffmpeg makes no picture of the camera's ${encoding}: ${reason}`);
      return;
    }
    const pauseMs = this.#backoff.nextMs();
    this.#options.log.warn('what reads the camera ended and is started again', {
      ...{ codec: encoding, reason, pauseMs },
    });
    this.#pause = this.#options.clock.setTimer(pauseMs, () => this.#begin());
    this.#options.sink.discontinuity();
  }

  /** Ends the process without calling it a failure. */
  #leave(): void {
    const run = this.#run;
    this.#run = undefined;
    void run?.stop();
  }

  /** The connection ends, and closes this. */
  #fail(code: string, message: string): void {
    if (this.#closed) return;
    const context = { codec: this.#format.encoding };
    this.#options.failed(new LiveViewError(code, message, { context }));
  }
}
