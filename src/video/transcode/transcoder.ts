import { Backoff } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { AccessUnit, AccessUnitSink, ParameterSets, VideoCodec } from '../access-unit.ts';
import { Diagnosis } from '../fmp4/diagnosis.ts';
import { PACKAGING } from '../fmp4/packaging-rules.ts';
import { NO_PARAMETER_SETS } from '../fmp4/stream-parameters.ts';
import { INPUT } from './input-codec.ts';
import type { Output, Run } from './output.ts';
import { ToldRate } from './told-rate.ts';

export interface TranscoderOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** What is made, and who receives it. */
  readonly output: Output;
  /** Called for every picture that is of no use without a key frame; to be limited and repeated there. */
  readonly requestKeyFrame?: () => void;
  /**
   * The pictures since the last key frame that came before this one, that key frame first: with them
   * one can begin at once. Empty when they are not to be had.
   */
  readonly groupBefore?: (unit: AccessUnit) => readonly GroupPicture[];
  readonly random?: () => number;
}

export type GroupPicture = Pick<AccessUnit, 'nalUnits' | 'keyFrame' | 'captureUnixUs'>;

export interface TranscoderFigures {
  readonly in: number;
  readonly out: number;
  /** Pictures left out because ffmpeg did not keep up, or was not running. */
  readonly dropped: number;
  readonly restarts: number;
}

/** A process that lasted this long did its work; the back-off begins anew. */
const SOUND_MS = 10_000;
/** What ffmpeg decodes in about a second, so as to begin in the middle of a group. */
const MAX_LEAD_PICTURES = 250;
const MAX_LEAD_BYTES = 8 * 1024 * 1024;
/** A camera that sends nothing for a third of that is connected anew. */
const IDLE_MS = 30_000;

/**
 * Makes other pictures of a stream through ffmpeg, which is started with the first picture that can
 * be decoded (a key frame, or one whose group is at hand) and again, after a pause, whenever it ends.
 * Each picture that comes out carries the times of the one that went in. A process that does not keep up loses pictures, never time.
 */
export class Transcoder implements AccessUnitSink {
  readonly #options: TranscoderOptions;
  readonly #backoff: Backoff;
  readonly #diagnosis: Diagnosis;
  #codec: VideoCodec = 'h264';
  #parameters = PACKAGING.h264.newParameters();
  readonly #rate = new ToldRate();
  #run: Run | undefined;
  /** Where the last process began in the middle of a group and gave nothing, that is not done again. */
  #mayLead = true;
  #pause: Timer | undefined;
  #idle: Timer | undefined;
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
    this.#options.output.discontinuity();
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
    if (run) this.#leaveWhenIdle();
  }

  /** Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pause?.cancel();
    this.#leave();
    await Promise.all(this.#ending);
  }

  /** The process that is to have this picture; undefined when it is to be left out. */
  #runFor(unit: AccessUnit): Run | undefined {
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
    this.#run ??= this.#pause ? undefined : this.#begin(lead, unit);
    this.#waitForKeyFrame = this.#run === undefined;
    return this.#run;
  }

  /** What has to be decoded before this picture; undefined when it cannot be the first. */
  #leadTo(unit: AccessUnit): readonly GroupPicture[] | undefined {
    if (this.#run || this.#pause || unit.leading || !this.#mayLead) return undefined;
    const group = this.#options.groupBefore?.(unit) ?? [];
    if (!group[0]?.keyFrame || group.length > MAX_LEAD_PICTURES) return undefined;
    const nalUnits = group.flatMap((picture) => picture.nalUnits);
    const bytes = nalUnits.reduce((sum, nal) => sum + nal.length, 0);
    return bytes <= MAX_LEAD_BYTES ? group : undefined;
  }

  /** An encoder cannot be told another rate on the way: it is left, and another takes its place. */
  #correctRate(): void {
    if (!this.#run || !this.#rate.isWrong()) return;
    const { perSecond } = this.#rate;
    this.#options.log.info('the camera sends pictures at another rate than it says', { perSecond });
    this.#leave();
    this.#options.output.discontinuity();
  }

  #begin(group: readonly GroupPicture[], unit: AccessUnit): Run | undefined {
    const track = this.#parameters.track();
    if (!track) {
      this.#diagnosis.say(NO_PARAMETER_SETS);
      return undefined;
    }
    const framesPerSecond = this.#rate.tell(track.framesPerSecond);
    if (group.length > 0) this.#mayLead = false;
    this.#skipLeading = true;
    const { output, clock } = this.#options;
    const startedMs = clock.nowMs();
    const split = Math.max(0, group.length - output.picturesToStart);
    const lead = group.slice(0, split).map((picture) => this.#needed(picture));
    const order = { codec: this.#codec, framesPerSecond, lead };
    const run: Run = output.start(order, () => this.#came(run));
    this.#writeShown(run, group.slice(split), unit);
    const ending = run.ended
      .then((reason) => this.#ended(run, reason, clock.nowMs() - startedMs))
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return run;
  }

  /** The end of the group, which comes out as well; when its pictures are to be shown is not known any more. */
  #writeShown(run: Run, shown: readonly GroupPicture[], { pts90k }: AccessUnit): void {
    const interval90k = Math.round(90_000 / this.#rate.told);
    for (const [index, picture] of shown.entries()) {
      const before90k = (shown.length - index) * interval90k;
      const { captureUnixUs } = picture;
      const stamp = { pts90k: Math.max(0, pts90k - before90k), captureUnixUs };
      run.write(this.#needed(picture), stamp);
    }
  }

  /** A picture has come out; false when it is of a process that was left. */
  #came(run: Run): boolean {
    if (this.#run !== run) return false;
    this.#out += 1;
    this.#mayLead = true;
    return true;
  }

  #ended(run: Run, reason: string, lastedMs: number): void {
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
    this.#options.output.discontinuity();
  }

  /** Whether a process is stuck shows with the next pictures; while none come it is of no use to anybody. */
  #leaveWhenIdle(): void {
    this.#idle?.cancel();
    this.#idle = this.#options.clock.setTimer(IDLE_MS, () => {
      if (!this.#run) return;
      this.#leave();
      this.#options.output.discontinuity();
    });
  }

  /** Ends the process without calling it a failure. */
  #leave(): void {
    this.#idle?.cancel();
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
    this.#options.output.discontinuity();
  }

  /** A picture of another size is a new stream: an encoder cannot change its size on the way. */
  #takeParameterSets(nalUnits: readonly Uint8Array[]): void {
    if (!this.#parameters.takeFrom(nalUnits, this.#diagnosis.say) || !this.#run) return;
    this.#leave();
    this.#options.output.discontinuity();
  }

  /** Slices, and before a key frame the parameter sets; what else a camera adds stays outside. */
  #needed(unit: Pick<AccessUnit, 'nalUnits' | 'keyFrame'>): Uint8Array[] {
    const slices = unit.nalUnits.filter(INPUT[this.#codec].isSlice);
    const track = unit.keyFrame ? this.#parameters.track() : undefined;
    return track ? [...track.parameterSets, ...slices] : slices;
  }
}
