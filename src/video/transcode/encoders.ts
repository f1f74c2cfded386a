import { existsSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';
import { describe, LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type Encoder, type EncoderKind, SOFTWARE } from './encoder.ts';
import { probeEncoder } from './encoder-probe.ts';
import { startFfmpeg } from './ffmpeg.ts';

export interface EncodersOptions {
  /** `auto`: the first that this machine has and that works. */
  readonly wanted: EncoderKind | 'auto';
  readonly device?: string | undefined;
  /** That run at the same time. */
  readonly max: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly start?: typeof startFfmpeg;
  /** Whether a device file is there. */
  readonly exists?: (path: string) => boolean;
}

/** In the order in which they are tried; one without its device is not. */
const DEVICES: readonly (readonly [EncoderKind, readonly string[]])[] = [
  ['nvenc', ['/dev/nvidiactl']],
  ['qsv', ['/dev/dri/renderD128']],
  ['vaapi', ['/dev/dri/renderD128']],
  ['v4l2m2m', ['/dev/video10', '/dev/video11']],
];

/** Which encoder this machine has, and how many may run at the same time. */
export class Encoders {
  readonly #options: EncodersOptions;
  #chosen: Encoder = SOFTWARE;
  #problem: string | undefined;
  #inUse = 0;

  constructor(options: EncodersOptions) {
    this.#options = options;
  }

  /** Software until `choose` has found something better. */
  get chosen(): Encoder {
    return this.#chosen;
  }

  /** What was asked for and does not work, for administrators. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get max(): number {
    return this.#options.max;
  }

  /**
   * Tries what the configuration wants. One that was asked for by name and does not work is a
   * problem, which is said; software takes its place. Never rejects.
   */
  async choose(): Promise<void> {
    const { wanted, log } = this.#options;
    for (const encoder of this.#candidates()) {
      try {
        await this.#probe(encoder);
        this.#chosen = encoder;
        break;
      } catch (error) {
        const reason = describe(error);
        log.warn(`an encoder cannot be used: ${reason}`, { encoder: encoder.kind });
        if (wanted !== 'auto') {
          this.#problem = `transcode.encoder: ${reason}; pictures are encoded in software instead`;
        }
      }
    }
    log.info('pictures are encoded', { encoder: this.#chosen.kind, most: this.max });
  }

  /**
   * A place for one more.
   *
   * @returns how to give it back; harmless the second time.
   * @throws LiveViewError `too-many-encoders`.
   */
  take(): () => void {
    if (this.#inUse >= this.max) {
      throw new LiveViewError(
        'too-many-encoders',
        `this gateway makes ${this.max} pictures at a time, and all of these are in use`,
      );
    }
    this.#inUse += 1;
    let given = false;
    return () => {
      if (!given) this.#inUse -= 1;
      given = true;
    };
  }

  #candidates(): Encoder[] {
    const { wanted, device, exists = existsSync } = this.#options;
    if (wanted === 'software') return [];
    if (wanted !== 'auto') return [{ kind: wanted, device }];
    const isHere = (path: string) => exists(path);
    return DEVICES.flatMap(([kind, paths]) => (paths.some(isHere) ? [{ kind, device }] : []));
  }

  #probe(encoder: Encoder): Promise<void> {
    const { clock, start = startFfmpeg } = this.#options;
    return probeEncoder(encoder, { start, clock });
  }
}
