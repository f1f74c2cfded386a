import type { Logger } from '../../core/log.ts';
import type { AccessUnit } from '../access-unit.ts';

/** Beyond this a viewer who comes, or has lost a packet, waits for too long. */
const LONG_90K = 4 * 90_000;
/** A group this much longer than the one that was told of is news. */
const NEWS = 1.5;

/** Measures the groups of pictures, and says when they are long: smart codecs stretch them to minutes. */
export class GroupWatch {
  readonly #log: Logger;
  #begun90k: number | undefined;
  #told90k = LONG_90K / NEWS;

  constructor(log: Logger) {
    this.#log = log;
  }

  accessUnit({ keyFrame, pts90k }: AccessUnit): void {
    if (!keyFrame) return;
    if (this.#begun90k !== undefined) this.#measured(pts90k - this.#begun90k);
    this.#begun90k = pts90k;
  }

  /** The next key frame does not end the group that began before. */
  interrupted(): void {
    this.#begun90k = undefined;
  }

  #measured(length90k: number): void {
    if (length90k < this.#told90k * NEWS) return;
    this.#told90k = length90k;
    const seconds = Math.round(length90k / 9_000) / 10;
    this.#log.warn(
      `the camera sends a key frame every ${seconds} s only: viewers may wait for one that long. Set its ` +
        'key frame interval to 1 or 2 s, and switch off what stretches it (Smart Codec, H.264+, Zipstream)',
      { code: 'long-group', seconds },
    );
  }
}
