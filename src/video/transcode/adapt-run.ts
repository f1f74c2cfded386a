import type { Clock } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import type { ForeignFormat } from '../rtp/adapt.ts';
import { serializeRtp } from '../rtp/packet.ts';
import { type AdaptJobOptions, adaptJob } from './adapt-job.ts';
import { whyEnded } from './child.ts';
import { type FfmpegProcess, startFfmpeg } from './ffmpeg.ts';
import { FlvReader, type TimedPicture } from './flv-reader.ts';
import { freePortPair, LoopbackSender, type PortPair, randomLoopback } from './loopback-sender.ts';
import type { PictureStamp } from './picture-stamp.ts';

export interface AdaptRunOptions extends AdaptJobOptions {
  readonly format: ForeignFormat;
  /** Written to ffmpeg's standard input. */
  readonly description: (port: number, sender: string) => string;
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

/** ffmpeg's times of packets begin at the first, unless that is 0: then they begin at the second. */
const FIRST_TIMESTAMP = 90_000;
const SSRC = 0x4c495645;
/** FLV has 31 bits for milliseconds. */
const TIME_MODULUS_MS = 2 ** 31;
/** Another payload type than any that is described: ffmpeg passes it over. */
const KNOCK_TYPES = [127, 126] as const;
const MAX_IN_FLIGHT = 50;
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** Parsers of some codecs keep a picture until the next, decoders those that are shown later. */
const MAX_HELD = 4;
/** The machine is too slow; what comes in meanwhile is left out. */
const LATE_MS = 400;
const STALL_MS = 5_000;
/** Longer than ffmpeg takes to start on an overloaded machine. */
const START_MS = 20_000;
/** A picture whose time is that of none that went in is taken for the nearest, when that is as near as this. */
const NEAR_MS = 500;

/**
 * One ffmpeg process that hears a stream on the loopback, from its start to its end. The packets that it
 * gets are written anew: numbered without gaps but where something is missing, of one sender, and with
 * times of ours, by which the pictures are known when they come out.
 */
export class AdaptRun {
  /** Why it ended, whether it was told to or not. Never rejects. */
  readonly ended: Promise<string>;
  readonly #options: AdaptRunOptions;
  readonly #reader = new FlvReader();
  /** Nobody else is heard. */
  readonly #from = randomLoopback();
  #ports: PortPair | undefined;
  #process: FfmpegProcess | undefined;
  #sender: LoopbackSender | undefined;
  /** It hears. */
  #ready = false;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #sequence = 0;
  #base90k: number | undefined;
  /** In the order in which they went in. */
  #inFlight: InFlight[] = [];
  #begun = false;
  #stopped = false;
  #failure: string | undefined;

  constructor(options: AdaptRunOptions) {
    this.#options = options;
    this.ended = this.#run()
      .catch(describe)
      .then((reason) => this.#failure ?? reason)
      .finally(() => {
        this.#sender?.close();
        this.#ports?.release();
      });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** A picture has gone in; the first has to be one with which ffmpeg can begin. */
  get isFed(): boolean {
    return this.#base90k !== undefined;
  }

  /** It has as much as it may hold, or is too late with it, or is ending. */
  get full(): boolean {
    if (this.#failure !== undefined || this.#stopped) return true;
    if (this.#begun && this.#lateMs > LATE_MS) return true;
    return this.#inFlight.length >= MAX_IN_FLIGHT || this.#queuedBytes >= MAX_QUEUED_BYTES;
  }

  /** The oldest picture inside should have come out long ago. */
  get stalled(): boolean {
    return this.#lateMs > (this.#begun ? STALL_MS : START_MS);
  }

  write(payloads: readonly Buffer[], stamp: PictureStamp): void {
    const { codec, clock } = this.#options;
    if (!this.#ready && codec.standsAlone) this.#forgetWaiting();
    const timeMs = this.#timeOf(stamp.pts90k);
    if (timeMs === undefined) return;
    const { pts90k, captureUnixUs } = stamp;
    this.#inFlight.push({ pts90k, captureUnixUs, timeMs, atMs: clock.nowMs() });
    for (const [index, payload] of payloads.entries()) {
      this.#send(this.#packet(payload, timeMs, index === payloads.length - 1));
    }
  }

  /** Something is missing before the next picture. */
  gap(): void {
    this.#sequence += 1;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sender?.close();
    // Where nothing comes any more it would not heed another signal before its patience ends.
    await this.#process?.stop('SIGKILL');
    await this.ended;
  }

  /** Ends it for a reason that its own words do not tell. */
  fail(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    void this.stop();
  }

  async #run(): Promise<string> {
    const { clock, start = startFfmpeg, description } = this.#options;
    this.#ports = await freePortPair();
    const { port } = this.#ports;
    if (this.#stopped) return 'stopped before it began';
    const process = start(adaptJob(this.#options), clock);
    this.#process = process;
    process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    process.stdin.end(description(port, this.#from));
    this.#beHeard(port).catch((error: unknown) => this.fail(describe(error)));
    return whyEnded(await process.exited);
  }

  async #beHeard(port: number): Promise<void> {
    const sender = await LoopbackSender.open(port, this.#from, this.#options.clock);
    this.#sender = sender;
    if (this.#stopped) sender.close();
    const { payloadType } = this.#options.format;
    const knock = KNOCK_TYPES.find((type) => type !== payloadType) ?? 0;
    await sender.heard(rtp(knock, 0, 0, false, Buffer.alloc(0)));
    this.#ready = true;
    for (const datagram of this.#waiting) sender.send(datagram);
    this.#forgetWaitingBytes();
  }

  get #queuedBytes(): number {
    return this.#waitingBytes + (this.#sender?.queuedBytes ?? 0);
  }

  /** For how long the oldest picture inside could have come out. */
  get #lateMs(): number {
    const last = this.#inFlight[MAX_HELD];
    return last ? this.#options.clock.nowMs() - last.atMs : 0;
  }

  /** Undefined for one from before the first. No two of those inside have the same. */
  #timeOf(pts90k: number): number | undefined {
    this.#base90k ??= pts90k;
    if (pts90k < this.#base90k) return undefined;
    let timeMs = Math.round((pts90k - this.#base90k) / 90) % TIME_MODULUS_MS;
    while (this.#inFlight.some((each) => each.timeMs === timeMs)) timeMs += 1;
    return timeMs;
  }

  #packet(payload: Buffer, timeMs: number, marker: boolean): Buffer {
    const sequence = this.#sequence % 2 ** 16;
    this.#sequence += 1;
    const timestamp = (FIRST_TIMESTAMP + timeMs * 90) % 2 ** 32;
    return rtp(this.#options.format.payloadType, sequence, timestamp, marker, payload);
  }

  #send(datagram: Buffer): void {
    if (this.#ready) this.#sender?.send(datagram);
    else {
      this.#waiting.push(datagram);
      this.#waitingBytes += datagram.length;
    }
  }

  /** Nobody has heard of it. */
  #forgetWaiting(): void {
    this.#forgetWaitingBytes();
    this.#inFlight = [];
    this.#base90k = undefined;
    this.#sequence = 0;
  }

  #forgetWaitingBytes(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
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

function rtp(
  payloadType: number,
  sequence: number,
  timestamp: number,
  marker: boolean,
  payload: Buffer,
): Buffer {
  return serializeRtp({ payloadType, marker, sequence, timestamp, ssrc: SSRC, payload });
}
