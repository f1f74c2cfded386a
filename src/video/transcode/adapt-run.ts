import type { Clock } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import { type AdaptJobOptions, adaptJob } from './adapt-job.ts';
import { whyEnded } from './child.ts';
import { type FfmpegProcess, startFfmpeg } from './ffmpeg.ts';
import { FlvReader, type TimedPicture } from './flv-reader.ts';
import { type MatroskaTrack, matroskaHeader, matroskaPicture } from './matroska.ts';
import type { PictureStamp } from './picture-stamp.ts';

export interface AdaptRunOptions extends AdaptJobOptions {
  readonly track: MatroskaTrack;
  readonly clock: Clock;
  readonly start?: typeof startFfmpeg;
  readonly made: (picture: TimedPicture, stamp: PictureStamp) => void;
}

interface InFlight extends PictureStamp {
  /** By which it is known when it comes out. */
  readonly timeMs: number;
  /** When it went in. */
  atMs: number;
}

/** FLV has 31 bits for milliseconds. */
const TIME_MODULUS_MS = 2 ** 31;
const MAX_IN_FLIGHT = 50;
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** Decoders keep those that are shown later. */
const MAX_HELD = 4;
/** The machine is too slow; what comes in meanwhile is left out. */
const LATE_MS = 400;
/** To one that has given none yet another is given, as it may have been the picture. */
const TRY_EVERY_MS = 250;
const STALL_MS = 5_000;
/** Longer than ffmpeg takes to start on an overloaded machine. */
const START_MS = 20_000;
/** A picture whose time is that of none that went in is taken for the nearest, when that is as near as this. */
const NEAR_MS = 500;

/**
 * One ffmpeg process that decodes pictures of another codec, from its start to its end. They go in with times of ours,
 * by which they are known when they come out.
 */
export class AdaptRun {
  /** Why it ended, whether it was told to or not. Never rejects. */
  readonly ended: Promise<string>;
  readonly #options: AdaptRunOptions;
  readonly #reader = new FlvReader();
  readonly #process: FfmpegProcess;
  #base90k: number | undefined;
  /** In the order in which they went in. */
  #inFlight: InFlight[] = [];
  #begun = false;
  #stopped = false;
  #failure: string | undefined;

  constructor(options: AdaptRunOptions) {
    this.#options = options;
    const { clock, track, start = startFfmpeg } = options;
    this.#process = start(adaptJob(options), clock);
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#process.stdin.write(matroskaHeader(track));
    this.ended = this.#process.exited.then((exit) => this.#failure ?? whyEnded(exit));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** A picture has gone in; the first has to be one with which ffmpeg can begin. */
  get isFed(): boolean {
    return this.#base90k !== undefined;
  }

  /** It has as much as it may hold, or is too late with it, or is ending. */
  get full(): boolean {
    if (this.#failure !== undefined || this.#stopped) return true;
    if (this.#begun && this.#lateMs > LATE_MS) return true;
    if (this.#isStarting) return true;
    return (
      this.#inFlight.length >= MAX_IN_FLIGHT ||
      this.#process.stdin.writableLength >= MAX_QUEUED_BYTES
    );
  }

  /** It will be with what is inside first; where any picture will do, what comes meanwhile would only delay it. */
  get #isStarting(): boolean {
    const { clock, codec } = this.#options;
    const newest = this.#inFlight.at(-1);
    if (this.#begun || !codec.standsAlone || !newest) return false;
    return clock.nowMs() - newest.atMs < TRY_EVERY_MS;
  }

  /** The oldest picture inside should have come out long ago. */
  get stalled(): boolean {
    return this.#lateMs > (this.#begun ? STALL_MS : START_MS);
  }

  write(picture: Buffer, keyFrame: boolean, { pts90k, captureUnixUs }: PictureStamp): void {
    const elapsedMs = this.#elapsedMs(pts90k);
    if (elapsedMs === undefined) return;
    const timeMs = elapsedMs % TIME_MODULUS_MS;
    this.#inFlight.push({ pts90k, captureUnixUs, timeMs, atMs: this.#options.clock.nowMs() });
    this.#process.stdin.write(matroskaPicture(picture, elapsedMs, keyFrame));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    // There is nothing to finish.
    await this.#process.stop('SIGKILL');
  }

  /** Ends it for a reason that its own words do not tell. */
  fail(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    void this.stop();
  }

  /** For how long the oldest picture inside could have come out. */
  get #lateMs(): number {
    const last = this.#inFlight[MAX_HELD];
    return last ? this.#options.clock.nowMs() - last.atMs : 0;
  }

  /** Since the first; undefined for one from before it. No two of those inside have the same. */
  #elapsedMs(pts90k: number): number | undefined {
    this.#base90k ??= pts90k;
    if (pts90k < this.#base90k) return undefined;
    let elapsedMs = Math.round((pts90k - this.#base90k) / 90);
    while (this.#inFlight.some(({ timeMs }) => timeMs === elapsedMs % TIME_MODULUS_MS))
      elapsedMs += 1;
    return elapsedMs;
  }

  #read(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      for (const picture of this.#reader.push(chunk)) this.#emit(picture);
    } catch (error) {
      this.fail(describe(error));
    }
  }

  #emit(picture: TimedPicture): void {
    const found = this.#find(picture.timeMs);
    if (!found) return;
    if (!this.#begun) this.#begin();
    // Pictures come out as they are shown; what would have been shown before this one never will be.
    this.#inFlight = this.#inFlight.filter((each) => each.pts90k > found.pts90k);
    this.#options.made(picture, found);
  }

  #find(timeMs: number): InFlight | undefined {
    const distance = (each: InFlight) => Math.abs(each.timeMs - timeMs);
    const [nearest] = [...this.#inFlight].sort((a, b) => distance(a) - distance(b));
    return nearest && distance(nearest) <= NEAR_MS ? nearest : undefined;
  }

  /** What came in while ffmpeg was starting has only waited since now. */
  #begin(): void {
    this.#begun = true;
    for (const picture of this.#inFlight) picture.atMs = this.#options.clock.nowMs();
  }
}
