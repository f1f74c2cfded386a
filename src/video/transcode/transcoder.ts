import { Backoff } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets, VideoCodec } from '../access-unit.ts';
import { Diagnosis } from '../fmp4/diagnosis.ts';
import { PACKAGING } from '../fmp4/packaging-rules.ts';
import { NO_PARAMETER_SETS } from '../fmp4/stream-parameters.ts';
import { carriesUserData, type Encoder, SOFTWARE } from './encoder.ts';
import { startFfmpeg } from './ffmpeg.ts';
import { INPUT } from './input-codec.ts';
import { PictureRate } from './picture-rate.ts';
import { keptPart, type Rung, transcodeJob } from './rung.ts';
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
  readonly encoder?: Encoder;
  /**
   * The pictures since the last key frame that came before this one, that key frame first: with them
   * one can begin at once. Empty when they are not to be had.
   */
  readonly groupBefore?: (unit: AccessUnit) => readonly GroupPicture[];
  readonly start?: typeof startFfmpeg;
  readonly random?: () => number;
}

export type GroupPicture = Pick<AccessUnit, 'nalUnits' | 'keyFrame'>;

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
const MAX_RATE = 120;
/** An encoder may be told a rate that is this much too low, or too high. */
const TOO_LOW = 1.25;
const TOO_HIGH = 0.6;
/** What ffmpeg decodes in about a second, so as to begin in the middle of a group. */
const MAX_LEAD_PICTURES = 250;
const MAX_LEAD_BYTES = 8 * 1024 * 1024;

/**
 * Turns a stream into a smaller one through ffmpeg, which is started with the first picture that can
 * be decoded (a key frame, or one whose group is at hand) and again, after a pause, whenever it ends.
 * Each picture that comes out carries the times of the one that went in. A process that does not keep up loses pictures, never time.
 */
export class Transcoder implements AccessUnitSink {
  readonly #options: TranscoderOptions;
  readonly #backoff: Backoff;
  readonly #diagnosis: Diagnosis;
  #codec: VideoCodec = 'h264';
  #parameters = PACKAGING.h264.newParameters();
  readonly #rate = new PictureRate();
  #run: TranscodeRun | undefined;
  /** What its encoder was told. */
  #toldRate = DEFAULT_RATE;
  /** Where the last process began in the middle of a group and gave nothing, that is not done again. */
  #mayLead = true;
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
    this.#rate.interrupted();
    this.#options.sink.discontinuity();
  }

  accessUnit(unit: AccessUnit): void {
    if (this.#stopped) return;
    this.#use(unit.codec);
    this.#in += 1;
    this.#rate.picture(unit);
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
    if (unit.keyFrame) this.#correctRate();
    if (this.#run?.full) {
      this.#waitForKeyFrame = true;
      return undefined;
    }
    const lead = this.#waitForKeyFrame && !unit.keyFrame ? this.#leadTo(unit) : [];
    if (!lead) {
      if (!this.#pause) this.#options.requestKeyFrame?.();
      return undefined;
    }
    this.#run ??= this.#pause ? undefined : this.#begin(lead);
    this.#waitForKeyFrame = this.#run === undefined;
    return this.#run;
  }

  /** What has to be decoded before this picture; undefined when it cannot be the first. */
  #leadTo(unit: AccessUnit): Uint8Array[][] | undefined {
    if (this.#run || this.#pause || unit.leading || !this.#mayLead) return undefined;
    const group = this.#options.groupBefore?.(unit) ?? [];
    if (!group[0]?.keyFrame || group.length > MAX_LEAD_PICTURES) return undefined;
    const lead = group.map((picture) => this.#needed(picture));
    const bytes = lead.flat().reduce((sum, nal) => sum + nal.length, 0);
    return bytes <= MAX_LEAD_BYTES ? lead : undefined;
  }

  /** An encoder cannot be told another rate on the way: it is left, and another takes its place. */
  #correctRate(): void {
    const perSecond = this.#rate.perSecond;
    if (!this.#run || perSecond === undefined) return;
    const wrong = perSecond / this.#toldRate;
    if (wrong <= TOO_LOW && wrong >= TOO_HIGH) return;
    this.#options.log.info('the camera sends pictures at another rate than it says', { perSecond });
    this.#leave();
    this.#options.sink.discontinuity();
  }

  #begin(lead: readonly Uint8Array[][]): TranscodeRun | undefined {
    const track = this.#parameters.track();
    if (!track) {
      this.#diagnosis.say(NO_PARAMETER_SETS);
      return undefined;
    }
    const { clock, sink } = this.#options;
    const told = this.#rate.perSecond ?? track.framesPerSecond ?? DEFAULT_RATE;
    this.#toldRate = told >= 1 && told <= MAX_RATE ? Number(told.toFixed(3)) : DEFAULT_RATE;
    const startedMs = clock.nowMs();
    if (lead.length > 0) this.#mayLead = false;
    this.#skipLeading = true;
    const run: TranscodeRun = this.#start(lead, (unit) => {
      if (this.#run !== run) return;
      this.#out += 1;
      this.#mayLead = true;
      sink.accessUnit(unit);
    });
    const ending = run.ended
      .then((reason) => this.#ended(run, reason, clock.nowMs() - startedMs))
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return run;
  }

  #start(lead: readonly Uint8Array[][], picture: (unit: AccessUnit) => void): TranscodeRun {
    const { name, clock, rung, encoder = SOFTWARE, start = startFfmpeg } = this.#options;
    const [codec, framesPerSecond] = [this.#codec, this.#toldRate];
    return new TranscodeRun({
      job: transcodeJob({ name, codec, rung, encoder, framesPerSecond, lead: lead.length }),
      ...{ codec, clock, start, picture, lead },
      keptEvery: 1 / keptPart(rung, framesPerSecond),
      timedBy: carriesUserData(encoder) ? undefined : framesPerSecond,
    });
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
  #needed(unit: GroupPicture): Uint8Array[] {
    const slices = unit.nalUnits.filter(INPUT[this.#codec].isSlice);
    const track = unit.keyFrame ? this.#parameters.track() : undefined;
    return track ? [...track.parameterSets, ...slices] : slices;
  }
}
