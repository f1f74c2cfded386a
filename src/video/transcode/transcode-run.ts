import type { Clock } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';
import type { VideoCodec } from '../access-unit.ts';
import { toAnnexB } from '../h264/annex-b.ts';
import { whyEnded } from './child.ts';
import type { FfmpegProcess } from './ffmpeg.ts';
import { INPUT, type InputCodec } from './input-codec.ts';
import { type PictureStamp, stampNal } from './picture-stamp.ts';

export interface RunOptions<Made extends { readonly timeMs: number }> {
  readonly process: FfmpegProcess;
  /** Of the pictures that go in. */
  readonly codec: VideoCodec;
  readonly clock: Clock;
  /** Finds the pictures in what comes out; one that throws is the end of the process. */
  readonly reader: { push(chunk: Buffer): Made[] };
  readonly made: (picture: Made, stamp: PictureStamp) => void;
  /** What a picture carries of the one of which it was made. */
  readonly stampOf?: (picture: Made) => PictureStamp | undefined;
  /** Pictures that are decoded only, before those of `write`. */
  readonly lead?: readonly (readonly Uint8Array[])[];
  /** Of the pictures that go in, every `keptEvery`th comes out. */
  readonly keptEvery?: number;
  /** Where they carry nothing: pictures are told by their times, of so many a second. */
  readonly timedBy?: number | undefined;
}

/** Pictures and bytes on their way through ffmpeg. */
const MAX_IN_FLIGHT = 50;
const MAX_IN_FLIGHT_BYTES = 4 * 1024 * 1024;
/** Pictures that a decoder may keep so as to put them in order: the next one sets the oldest free. */
const MAX_HELD = 4;
/**
 * A process that is a little too slow would fill up, and stay full. At 25 pictures a second this is
 * when the oldest has been inside for a third of a second.
 */
const LATE_MS = 200;
const STALL_MS = 5_000;
/** Longer than ffmpeg, which is not what such a machine runs first, takes to start on an overloaded one. */
const START_MS = 20_000;

/** One ffmpeg process, from its start to its end: pictures in, pictures out. */
export class TranscodeRun<Made extends { readonly timeMs: number }> {
  /** Why it ended, whether it was told to or not. Never rejects. */
  readonly ended: Promise<string>;
  readonly #options: RunOptions<Made>;
  readonly #clock: Clock;
  readonly #input: InputCodec;
  readonly #process: FfmpegProcess;
  readonly #maxHeld: number;
  /** In the order in which they went in. */
  #inFlight: (PictureStamp & { readonly bytes: number; atMs: number })[] = [];
  #inFlightBytes = 0;
  /** That ffmpeg gave to the first picture of all, which is not 0 where pictures are reordered. */
  #firstNumber: number | undefined;
  /** Pictures that went in and are not inside any more. */
  #gone = 0;
  /** Something has come out: before that, ffmpeg is starting. */
  #begun = false;
  #failure: string | undefined;

  constructor(options: RunOptions<Made>) {
    this.#options = options;
    this.#clock = options.clock;
    this.#input = INPUT[options.codec];
    this.#maxHeld = MAX_HELD + Math.ceil(options.keptEvery ?? 1) - 1;
    this.#process = options.process;
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    for (const nalUnits of options.lead ?? []) this.#lead(nalUnits);
    this.ended = this.#process.exited.then((exit) => this.#failure ?? whyEnded(exit));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** It has as much as it may hold, or has been too late with it, or is ending. */
  get full(): boolean {
    if (this.#failure) return true;
    if (this.#begun && this.#lateMs > LATE_MS) return true;
    return this.#inFlight.length >= MAX_IN_FLIGHT || this.#inFlightBytes >= MAX_IN_FLIGHT_BYTES;
  }

  /** The oldest picture inside should have come out long ago. */
  get stalled(): boolean {
    return this.#lateMs > (this.#begun ? STALL_MS : START_MS);
  }

  /** For how long the oldest picture inside could have come out. */
  get #lateMs(): number {
    const last = this.#inFlight[this.#maxHeld];
    return last ? this.#clock.nowMs() - last.atMs : 0;
  }

  /**
   * One picture. The delimiter behind it tells the decoder's parser that it is complete, which would
   * otherwise wait for the start of the next.
   */
  write(nalUnits: readonly Uint8Array[], stamp: PictureStamp): void {
    const bytes = toAnnexB([...this.#withStamp(nalUnits, stamp), this.#input.delimiter]);
    this.#inFlightBytes += bytes.length;
    const { pts90k, captureUnixUs } = stamp;
    const atMs = this.#clock.nowMs();
    this.#inFlight.push({ pts90k, captureUnixUs, bytes: bytes.length, atMs });
    this.#process.stdin.write(bytes);
  }

  /** After the parameter sets and before the first slice (ITU-T H.264 §7.4.1.2.3, H.265 §7.4.2.4.4). */
  #withStamp(nalUnits: readonly Uint8Array[], stamp: PictureStamp): Uint8Array[] {
    const { isParameterSet, seiHeader } = this.#input;
    const sets = nalUnits.filter(isParameterSet);
    const others = nalUnits.filter((nal) => !isParameterSet(nal));
    return [...sets, stampNal(stamp, seiHeader), ...others];
  }

  stop(): Promise<void> {
    this.#process.stdin.end();
    return this.#process.stop();
  }

  /** Ends it for a reason that its own words do not tell. */
  fail(reason: string): void {
    if (this.#failure) return;
    this.#failure = reason;
    void this.stop();
  }

  /** Nothing of it comes out, so it is not waited for. */
  #lead(nalUnits: readonly Uint8Array[]): void {
    this.#gone += 1;
    this.#process.stdin.write(toAnnexB([...nalUnits, this.#input.delimiter]));
  }

  #read(chunk: Buffer): void {
    if (this.#failure) return;
    try {
      for (const picture of this.#options.reader.push(chunk)) this.#emit(picture);
    } catch (error) {
      this.fail(describe(error));
    }
  }

  #emit(picture: Made): void {
    const { stampOf, timedBy, made } = this.#options;
    const stamp =
      timedBy === undefined ? stampOf?.(picture) : this.#stampByTime(picture.timeMs, timedBy);
    if (!stamp) {
      throw new LiveViewError(
        'stamp-lost',
        'ffmpeg does not carry user data from picture to picture; version 5.1 or newer is needed',
      );
    }
    if (!this.#begun) this.#begin();
    this.#forgetUntil(stamp.pts90k);
    made(picture, stamp);
  }

  /** What came in while ffmpeg was starting has only waited since now. */
  #begin(): void {
    this.#begun = true;
    for (const picture of this.#inFlight) picture.atMs = this.#clock.nowMs();
  }

  /**
   * ffmpeg counts what it decodes, in the order in which it is shown, and makes times of the numbers;
   * the first that comes out is the first that was to. A number beyond what is inside means that it
   * counted other pictures: the nearest will do.
   */
  #stampByTime(timeMs: number, framesPerSecond: number): PictureStamp | undefined {
    const shown = [...this.#inFlight].sort((a, b) => a.pts90k - b.pts90k);
    const number = Math.round((timeMs * framesPerSecond) / 1_000);
    this.#firstNumber ??= number - this.#gone;
    const at = number - this.#firstNumber - this.#gone;
    const found = shown[Math.max(0, Math.min(at, shown.length - 1))];
    return found && { pts90k: found.pts90k, captureUnixUs: found.captureUnixUs };
  }

  /** Pictures come out as they are shown; what would have been shown before this one never will be. */
  #forgetUntil(pts90k: number): void {
    const inside = this.#inFlight.filter((picture) => picture.pts90k > pts90k);
    this.#gone += this.#inFlight.length - inside.length;
    this.#inFlight = inside;
    this.#inFlightBytes = inside.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
