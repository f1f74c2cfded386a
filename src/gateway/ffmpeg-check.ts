import { describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { containmentGaps } from '../video/transcode/containment.ts';
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
    for (const gap of containmentGaps()) this.#log.warn(gap);
    try {
      this.#log.info('ffmpeg found', { version: await findFfmpeg() });
      this.#missing = false;
    } catch (error) {
      this.#missing = true;
      this.#log.warn(
        `pictures cannot be converted (quality low, H.265, MJPEG): ${describe(error)}`,
      );
    }
  }

  get missing(): boolean {
    return this.#missing;
  }

  /** @throws LiveViewError `quality-not-available`; what is missing is in the log, for the administrator. */
  require(): void {
    if (!this.#missing) return;
    throw new LiveViewError(
      'quality-not-available',
      'pictures cannot be converted at the centre now; main and sub, as the camera makes them, can be watched',
    );
  }
}

/** For whoever looks for a fault: its version, or why there is none, and what cannot be kept from it here. */
export async function describeFfmpeg(): Promise<{ version: string; gaps: readonly string[] }> {
  const version = await findFfmpeg().catch(describe);
  return { version, gaps: containmentGaps() };
}
