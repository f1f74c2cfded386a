import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { AccessUnit } from '../../video/access-unit.ts';
import { parameterSetsIn } from './parameter-sets.ts';
import type { PictureSource } from './picture-source.ts';
import type { H264ParameterSets, RtpFeed } from './rtp-feed.ts';
import { type RtpPicture, rtpPicture } from './rtp-picture.ts';

export interface CodedFeedOptions {
  readonly source: PictureSource;
  /** Where they are known before the source has made a picture. */
  readonly sets?: H264ParameterSets;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the source goes on after the last viewer has left. */
  readonly lingerMs?: number;
}

const LINGER_MS = 3_000;
const RETRY_MS = 1_000;
/** A group of pictures is a second; ten times that is a source that lost its mind. */
const MAX_GROUP = 250;

/** Packs the pictures of a source, which runs while somebody watches or wants to know about it. */
export class CodedFeed implements RtpFeed {
  readonly ssrc = randomBytes(4).readUInt32BE();
  readonly #options: CodedFeedOptions;
  readonly #viewers = new Set<(picture: RtpPicture) => void>();
  readonly #curious = new Set<() => void>();
  #stopSource: (() => void) | undefined;
  #timer: Timer | undefined;
  #sets: H264ParameterSets | undefined;
  /** NAL units of the last key frame; undefined while the source does not run. */
  #keyFrame: readonly Uint8Array[] | undefined;
  /** From the last key frame on. */
  #group: RtpPicture[] = [];
  #sequence = randomBytes(2).readUInt16BE();

  constructor(options: CodedFeedOptions) {
    this.#options = options;
    this.#sets = options.sets;
  }

  /** Whether the source has been started. */
  get running(): boolean {
    return this.#stopSource !== undefined;
  }

  parameterSets(signal: AbortSignal): Promise<H264ParameterSets> {
    return this.#once(() => this.#sets, signal);
  }

  keyFrame(signal: AbortSignal): Promise<readonly Uint8Array[]> {
    return this.#once(() => this.#keyFrame, signal);
  }

  /** Runs the source until there is what `find` looks for. */
  #once<T>(find: () => T | undefined, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const told = () => {
        const found = find();
        if (found === undefined) return;
        signal.removeEventListener('abort', aborted);
        this.#curious.delete(told);
        this.#rest();
        resolve(found);
      };
      const aborted = () => {
        this.#curious.delete(told);
        this.#rest();
        reject(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.#curious.add(told);
      this.#run();
      told();
    });
  }

  join(viewer: (picture: RtpPicture) => void): () => void {
    this.#viewers.add(viewer);
    this.#run();
    for (const picture of this.#group) viewer(picture);
    return () => {
      this.#viewers.delete(viewer);
      this.#rest();
    };
  }

  first(): { sequence: number; timestamp: number } | undefined {
    return this.#group[0];
  }

  stop(): void {
    this.#timer?.cancel();
    this.#stopSource?.();
    this.#stopSource = undefined;
    this.#group = [];
    this.#keyFrame = undefined;
  }

  get #wanted(): boolean {
    return this.#viewers.size + this.#curious.size > 0;
  }

  #run(): void {
    this.#timer?.cancel();
    this.#stopSource ??= this.#options.source.start({
      accessUnit: (unit) => this.#accessUnit(unit),
      failed: (error) => this.#failed(error),
    });
  }

  /** Stops the source in a while, unless somebody comes: DESCRIBE and PLAY are two requests. */
  #rest(): void {
    if (this.#wanted || !this.running) return;
    const { clock, lingerMs = LINGER_MS } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(lingerMs, () => this.stop());
  }

  #accessUnit(unit: AccessUnit): void {
    if (unit.keyFrame) this.#group = [];
    else if (this.#group.length === 0 || this.#group.length >= MAX_GROUP) return;
    const { ssrc } = this;
    const picture = rtpPicture(unit, { ssrc, sequence: this.#sequence, timestamp: unit.pts90k });
    this.#sequence = (this.#sequence + picture.starts.length) & 0xffff;
    this.#group.push(picture);
    if (unit.keyFrame) this.#learn(unit.nalUnits);
    for (const viewer of [...this.#viewers]) viewer(picture);
  }

  #learn(nalUnits: readonly Uint8Array[]): void {
    const sets = parameterSetsIn(nalUnits);
    if (!sets) return;
    this.#sets = sets;
    this.#keyFrame = nalUnits;
    for (const told of [...this.#curious]) told();
  }

  #failed(error: Error): void {
    this.stop();
    this.#options.log.error('a virtual camera makes no pictures', { reason: describe(error) });
    this.#timer = this.#options.clock.setTimer(RETRY_MS, () => {
      if (this.#wanted) this.#run();
    });
  }
}
