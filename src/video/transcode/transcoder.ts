import { Backoff } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets } from '../access-unit.ts';
import { AvcParameters } from '../fmp4/avc-parameters.ts';
import { Diagnosis } from '../fmp4/diagnosis.ts';
import { NO_PARAMETER_SETS } from '../fmp4/stream-parameters.ts';
import { isSlice } from '../h264/nal.ts';
import { startFfmpeg } from './ffmpeg.ts';
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
  readonly #parameters = new AvcParameters();
  #run: TranscodeRun | undefined;
  #pause: Timer | undefined;
  /** Ends of processes that are still to come, for `stop`. */
  readonly #ending = new Set<Promise<void>>();
  #waitForKeyFrame = true;
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
    if (sets.codec !== 'h264') return;
    this.#takeParameterSets([...sets.sps, ...sets.pps]);
  }

  discontinuity(): void {
    this.#waitForKeyFrame = true;
    this.#options.sink.discontinuity();
  }

  accessUnit(unit: AccessUnit): void {
    if (this.#stopped) return;
    if (unit.codec !== 'h264') {
      this.#diagnosis.say(`${unit.codec} cannot be transcoded`);
      return;
    }
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
    const job = transcodeJob(name, rung, rate >= 1 && rate <= 60 ? rate : DEFAULT_RATE);
    const startedMs = clock.nowMs();
    const run: TranscodeRun = new TranscodeRun({
      job,
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

  /** A picture of another size is a new stream: an encoder cannot change its size on the way. */
  #takeParameterSets(nalUnits: readonly Uint8Array[]): void {
    if (!this.#parameters.takeFrom(nalUnits, this.#diagnosis.say) || !this.#run) return;
    this.#leave();
    this.#options.sink.discontinuity();
  }

  /** Slices, and before a key frame the parameter sets; what else a camera adds stays outside. */
  #needed(unit: AccessUnit): Uint8Array[] {
    const slices = unit.nalUnits.filter(isSlice);
    const track = unit.keyFrame ? this.#parameters.track() : undefined;
    return track ? [...track.parameterSets, ...slices] : slices;
  }
}
