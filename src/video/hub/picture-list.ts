import type { InitSegment, MediaFragment } from '../fragment.ts';

/** A picture and what a decoder needs before it. */
export interface Picture {
  readonly init: InitSegment;
  readonly media: MediaFragment;
}

interface Held extends Picture {
  /** Somebody has got its bytes, and may have them for long: a socket that is not read. */
  given: boolean;
}

/** What a channel may hold. A group of pictures runs from one key frame to the next. */
export interface ListLimits {
  /** Pictures before the current group, for viewers that are a little late, count against these. */
  readonly lagPictures: number;
  readonly lagBytes: number;
  /** A group beyond these cannot be joined in its middle; see `PictureList`. */
  readonly groupPictures: number;
  readonly groupBytes: number;
}

export const LIST_LIMITS: ListLimits = {
  lagPictures: 50, // two seconds of 25 pictures
  lagBytes: 4 * 1024 * 1024, // two seconds of 16 Mbit/s
  groupPictures: 1_500, // a minute of 25 pictures
  groupBytes: 16 * 1024 * 1024, // half a minute of 4 Mbit/s
};

/**
 * The newest pictures of a channel, numbered from 0 since the channel was opened and shared by all
 * its viewers. It always holds the current group from its key frame, so that whoever comes has a
 * picture at once, and older pictures only while a viewer wants them and within the lag limits: whoever
 * finds its next picture gone is too late and continues at `groupStart`.
 *
 * Cameras with hour-long groups exist. A group beyond its limits keeps only its newest pictures, for
 * the viewers that are on time; others wait for the next key frame.
 */
export class PictureList {
  readonly #limits: ListLimits;
  #pictures: Held[] = [];
  /** Number of the oldest picture that is still here. */
  #first = 0;
  #bytes = 0;
  #groupStart: number | undefined;
  #groupBytes = 0;

  constructor(limits: ListLimits = LIST_LIMITS) {
    this.#limits = limits;
  }

  /** Number of the newest key frame whose whole group is here. */
  get groupStart(): number | undefined {
    return this.#groupStart;
  }

  /** The number that the next picture will have. */
  get end(): number {
    return this.#first + this.#pictures.length;
  }

  get first(): number {
    return this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined for what is gone and for what is yet to come. */
  at(number: number): Picture | undefined {
    const picture = this.#pictures[number - this.#first];
    if (picture) picture.given = true;
    return picture;
  }

  /** The current group from its key frame; empty when it cannot be joined. */
  group(): readonly Picture[] {
    if (this.#groupStart === undefined) return [];
    const group = this.#pictures.slice(this.#groupStart - this.#first);
    for (const picture of group) picture.given = true;
    return group;
  }

  /**
   * @param wantedFrom number of the oldest picture that a viewer has still to read; `Infinity` for none.
   *   Asked only while there is something before the current group.
   */
  append({ init, media }: Picture, wantedFrom: () => number): void {
    const size = media.bytes.length;
    if (media.keyFrame) {
      this.#groupStart = this.end;
      this.#groupBytes = 0;
    }
    this.#pictures.push({ init, media, given: false });
    this.#bytes += size;
    this.#groupBytes += size;
    this.#trim(wantedFrom);
  }

  /** What is here cannot be joined any more; the next key frame can. */
  endGroup(): void {
    this.#groupStart = undefined;
  }

  clear(): void {
    this.#first = this.end;
    this.#pictures = [];
    this.#bytes = 0;
    this.#groupStart = undefined;
  }

  #trim(wantedFrom: () => number): void {
    const { lagPictures, lagBytes, groupPictures, groupBytes } = this.#limits;
    const start = this.#groupStart;
    if (start !== undefined && this.end - start > groupPictures) this.endGroup();
    if (this.#groupBytes > groupBytes) this.endGroup();
    const keepFrom = this.#groupStart ?? this.end - 1;
    if (this.#first >= keepFrom) return;
    const wanted = wantedFrom();
    let count = 0;
    while (this.#first + count < keepFrom) {
      const inTime = this.#pictures.length - count <= lagPictures && this.#bytes <= lagBytes;
      if (inTime && this.#first + count >= wanted) break;
      this.#bytes -= this.#pictures[count]?.media.bytes.length ?? 0;
      count += 1;
    }
    this.#release(count);
    if (count > 0) this.#pictures.splice(0, count);
    this.#first += count;
  }

  /** What nobody has seen can be used for the next pictures. */
  #release(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const picture = this.#pictures[i];
      if (picture && !picture.given) picture.media.memory?.release();
    }
  }
}
