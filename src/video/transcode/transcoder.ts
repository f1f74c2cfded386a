import { Backoff } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets, VideoCodec } from '../access-unit.ts';
import { Diagnosis } from '../fmp4/diagnosis.ts';
import { PACKAGING } from '../fmp4/packaging-rules.ts';
import { NO_PARAMETER_SETS } from '../fmp4/stream-parameters.ts';
import { startFfmpeg } from './ffmpeg.ts';
import { INPUT } from './input-codec.ts';
import { type Rung, transcodeJob } from './rung.ts';
import { TranscodeRun } from './transcode-run.ts';

export interface TranscoderOptions {
  /** Of the stream, for logs. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Receives the pictures that come out. */
  readonly sink: AccessUnitSink;
  /** Called for every picture that is of no use without a key frame; to be limited and repeated there. */
  readonly requestKeyFrame?: () => void;
  readonly rung: Rung;
  readonly start?: typeof startFfmpeg;
  readonly random?: () => number;
}

export interface TranscoderFigures {
  readonly in: number;
  readonly out: number;
  /** Pictures left out because ffmpeg did not keep up, or was not running. */
  readonly dropped: number;
  readonly restarts: number;
}

/** A process that lasted this long did its work; the back-off begins anew. */
const SOUND_MS = 10_000;
const DEFAULT_RATE = 25;

/**
 * Turns a stream into a smaller one through ffmpeg, which is started with the first key frame and
 * again, after a pause, whenever it ends. Each picture that comes out carries the times of the one
 * that went in. A process that does not keep up loses pictures, never time.
 */
export class Transcoder implements AccessUnitSink {
  readonly #options: TranscoderOptions;
  readonly #backoff: Backoff;
  readonly #diagnosis: Diagnosis;
  #codec: VideoCodec = 'h264';
  #parameters = PACKAGING.h264.newParameters();
  #run: TranscodeRun | undefined;
  #pause: Timer | undefined;
  /** Ends of processes that are still to come, for `stop`. */
  readonly #ending = new Set<Promise<void>>();
  #waitForKeyFrame = true;
  /** The newest key frame is where the decoder began: it has nothing of what came before. */
  #skipLeading = true;
  #stopped = false;
  #in = 0;
  #out = 0;
  #dropped = 0;
  #restarts = 0;

  constructor(options: TranscoderOptions) {
    this.#options = options;
    this.#diagnosis = new Diagnosis(options.log);
    this.#backoff = new Backoff(undefined, options.random);
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#run?.pid;
  }

  figures(): TranscoderFigures {
    return { in: this.#in, out: this.#out, dropped: this.#dropped, restarts: this.#restarts };
  }

  parameterSets(sets: ParameterSets): void {
    this.#use(sets.codec);
    this.#takeParameterSets([...sets.vps, ...sets.sps, ...sets.pps]);
  }

  discontinuity(): void {
    this.#waitForKeyFrame = true;
    this.#options.sink.discontinuity();
  }

  accessUnit(unit: AccessUnit): void {
    if (this.#stopped) return;
    this.#use(unit.codec);
    this.#in += 1;
    this.#takeParameterSets(unit.nalUnits);
    const run = this.#runFor(unit);
    if (!run) this.#dropped += 1;
    else run.write(this.#needed(unit), unit);
  }

  /** Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pause?.cancel();
    this.#leave();
    await Promise.all(this.#ending);
  }

  /** The process that is to have this picture; undefined when it is to be left out. */
  #runFor(unit: AccessUnit): TranscodeRun | undefined {
    if (this.#run?.stalled) this.#run.fail('ffmpeg took pictures and gave none');
    if (unit.keyFrame) this.#skipLeading = this.#waitForKeyFrame;
    else if (unit.leading && this.#skipLeading) return undefined;
    if (this.#run?.full) {
      this.#waitForKeyFrame = true;
      return undefined;
    }
    if (this.#waitForKeyFrame && !unit.keyFrame) {
      if (!this.#pause) this.#options.requestKeyFrame?.();
      return undefined;
    }
    this.#run ??= this.#pause ? undefined : this.#begin();
    this.#waitForKeyFrame = this.#run === undefined;
    return this.#run;
  }

  #begin(): TranscodeRun | undefined {
    const track = this.#parameters.track();
    if (!track) {
      this.#diagnosis.say(NO_PARAMETER_SETS);
      return undefined;
    }
    const { name, clock, rung, start = startFfmpeg, sink } = this.#options;
    const rate = track.framesPerSecond ?? DEFAULT_RATE;
    const codec = this.#codec;
    const job = transcodeJob(name, rung, rate >= 1 && rate <= 60 ? rate : DEFAULT_RATE, codec);
    const startedMs = clock.nowMs();
    const run: TranscodeRun = new TranscodeRun({
      job,
      codec,
      clock,
      start,
      picture: (unit) => {
        if (this.#run !== run) return;
        this.#out += 1;
        sink.accessUnit(unit);
      },
    });
    const ending = run.ended
      .then((reason) => this.#ended(run, reason, clock.nowMs() - startedMs))
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return run;
  }

  #ended(run: TranscodeRun, reason: string, lastedMs: number): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#waitForKeyFrame = true;
    this.#restarts += 1;
    if (lastedMs >= SOUND_MS) this.#backoff.reset();
    const pauseMs = this.#backoff.nextMs();
    this.#options.log.warn('the transcoder ended and is started again', { reason, pauseMs });
    this.#pause = this.#options.clock.setTimer(pauseMs, () => {
      this.#pause = undefined;
    });
    this.#options.sink.discontinuity();
  }

  /** Ends the process without calling it a failure. */
  #leave(): void {
    const run = this.#run;
    this.#run = undefined;
    this.#waitForKeyFrame = true;
    void run?.stop();
  }

  /** A camera may be set to another codec between two connections. */
  #use(codec: VideoCodec): void {
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#parameters = PACKAGING[codec].newParameters();
    if (!this.#run) return;
    this.#leave();
    this.#options.sink.discontinuity();
  }

  /** A picture of another size is a new stream: an encoder cannot change its size on the way. */
  #takeParameterSets(nalUnits: readonly Uint8Array[]): void {
    if (!this.#parameters.takeFrom(nalUnits, this.#diagnosis.say) || !this.#run) return;
    this.#leave();
    this.#options.sink.discontinuity();
  }

  /** Slices, and before a key frame the parameter sets; what else a camera adds stays outside. */
  #needed(unit: AccessUnit): Uint8Array[] {
    const slices = unit.nalUnits.filter(INPUT[this.#codec].isSlice);
    const track = unit.keyFrame ? this.#parameters.track() : undefined;
    return track ? [...track.parameterSets, ...slices] : slices;
  }
}
