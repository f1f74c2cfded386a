import type { Clock, Timer } from '../../core/clock.ts';
import type { LoopedClip } from './looped-clip.ts';
import type { H264ParameterSets, RtpFeed } from './rtp-feed.ts';
import { type RtpPicture, renumbered } from './rtp-picture.ts';
import { writeStamp } from './stamp.ts';

export interface LoopedFeedOptions {
  readonly clip: LoopedClip;
  readonly ssrc: number;
  /** Cameras do not all send at the same moment; milliseconds. */
  readonly phaseMs: number;
  readonly clock: Clock;
}

/**
 * A clip that is sent over and over with times that go on. Everything follows from the number of
 * the picture, which follows from the clock: a hundred of these hold nothing but the one clip.
 */
export class LoopedFeed implements RtpFeed {
  readonly ssrc: number;
  readonly #options: LoopedFeedOptions;
  readonly #viewers = new Set<(picture: RtpPicture) => void>();
  #timer: Timer | undefined;
  /** The last one sent. */
  #number = 0;

  constructor(options: LoopedFeedOptions) {
    this.ssrc = options.ssrc;
    this.#options = options;
  }

  async parameterSets(): Promise<H264ParameterSets> {
    return this.#options.clip.parameterSets;
  }

  async keyFrame(): Promise<readonly Uint8Array[]> {
    return this.#options.clip.keyFrame;
  }

  join(viewer: (picture: RtpPicture) => void): () => void {
    if (this.#viewers.size === 0) this.#begin();
    for (let n = this.#keyFrameBefore(this.#number); n <= this.#number; n++) viewer(this.#make(n));
    this.#viewers.add(viewer);
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.stop();
    };
  }

  first(): { sequence: number; timestamp: number } {
    const running = this.#viewers.size > 0 ? this.#number : this.#due();
    return this.#numbers(this.#keyFrameBefore(running));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#viewers.clear();
  }

  #begin(): void {
    this.#number = this.#due();
    this.#wait();
  }

  /** The picture whose turn it is now. */
  #due(): number {
    const { clip, clock, phaseMs } = this.#options;
    return Math.max(0, Math.floor(((clock.nowMs() - phaseMs) * clip.fps) / 1000));
  }

  #wait(): void {
    const { clip, clock, phaseMs } = this.#options;
    const nextMs = phaseMs + ((this.#number + 1) * 1000) / clip.fps;
    this.#timer = clock.setTimer(nextMs - clock.nowMs(), () => this.#tick());
  }

  #tick(): void {
    const due = this.#due();
    // A process that slept does not send the whole of the night afterwards.
    if (due - this.#number > this.#options.clip.fps) this.#number = this.#keyFrameBefore(due) - 1;
    while (this.#number < due && this.#viewers.size > 0) {
      this.#number += 1;
      const picture = this.#make(this.#number);
      for (const viewer of [...this.#viewers]) viewer(picture);
    }
    if (this.#viewers.size > 0) this.#wait();
  }

  #make(number: number): RtpPicture {
    const { clip, clock } = this.#options;
    const { picture, stampPlace } = clip.at(number);
    const unixUs = clock.unixUs();
    const made = renumbered(picture, { ssrc: this.ssrc, ...this.#numbers(number) }, unixUs);
    if (stampPlace >= 0) writeStamp(made.framed, stampPlace, unixUs);
    return made;
  }

  #numbers(number: number): { sequence: number; timestamp: number } {
    const { clip } = this.#options;
    const timestamp = Math.round((number * 90_000) / clip.fps) % 2 ** 32;
    return { sequence: clip.packetsBefore(number) & 0xffff, timestamp };
  }

  #keyFrameBefore(number: number): number {
    let at = number;
    while (at > 0 && !this.#options.clip.at(at).picture.keyFrame) at -= 1;
    return at;
  }
}
