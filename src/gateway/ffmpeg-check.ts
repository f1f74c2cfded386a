import { describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { findFfmpeg } from '../video/transcode/ffmpeg.ts';

/**
 * Whether ffmpeg can be used. Without it full pictures still pass; only what has to be transcoded
 * does not, and whoever asks for that is told why.
 */
export class FfmpegCheck {
  readonly #log: Logger;
  #missing = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  async run(): Promise<void> {
    try {
      this.#log.info('ffmpeg found', { version: await findFfmpeg() });
      this.#missing = false;
    } catch (error) {
      this.#missing = true;
      this.#log.warn(`the small picture (quality low) is not available: ${describe(error)}`);
    }
  }

  /** @throws LiveViewError `quality-not-available`; what is missing is in the log, for the administrator. */
  require(): void {
    if (!this.#missing) return;
    throw new LiveViewError(
      'quality-not-available',
      'the small picture cannot be made at the centre now; watch with quality main or sub',
    );
  }
}
