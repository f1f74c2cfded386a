import type { VideoCodec } from '../access-unit.ts';
import type { PictureStamp } from './picture-stamp.ts';

/** What a transcoder makes, and who receives it. */
export interface Output {
  /** Pictures that have to go in after the first before that comes out. */
  readonly picturesToStart: number;
  /**
   * @param came asked for each picture that comes out: false when nobody waits for it any more.
   */
  start(order: RunOrder, came: () => boolean): Run;
  /** What comes next does not follow what came. */
  discontinuity(): void;
}

export interface RunOrder {
  /** Of the pictures that go in. */
  readonly codec: VideoCodec;
  readonly framesPerSecond: number;
  /** Pictures that are decoded only, so that those after them can be. */
  readonly lead: readonly (readonly Uint8Array[])[];
}

/** One process, or several that look like one. */
export interface Run {
  readonly pid: number | undefined;
  /** It takes no more now. */
  readonly full: boolean;
  /** It takes and does not give. */
  readonly stalled: boolean;
  /** Why it ended, whether it was told to or not. Never rejects. */
  readonly ended: Promise<string>;
  write(nalUnits: readonly Uint8Array[], stamp: PictureStamp): void;
  stop(): Promise<void>;
  /** Ends it for a reason that its own words do not tell. */
  fail(reason: string): void;
}
