import type { Clock } from '../../core/clock.ts';
import type { FragmentSink } from '../fragment.ts';
import { mpeg1Rate, PICTURES_TO_START, startMpeg1 } from './mpeg1-process.ts';
import type { Output, Run, RunOrder } from './output.ts';
import type { PictureStamp } from './picture-stamp.ts';
import type { Rung } from './rung.ts';
import { TranscodeRun } from './transcode-run.ts';
import { type TsPicture, TsReader } from './ts-reader.ts';

export interface Mpeg1OutputOptions {
  /** For logs. */
  readonly name: string;
  readonly clock: Clock;
  readonly rung: Pick<Rung, 'width' | 'height' | 'kbps'>;
  readonly sink: FragmentSink;
  readonly start?: typeof startMpeg1;
}

/** MPEG-1 video, object type 6A of RFC 6381 and ISO/IEC 14496-1. */
export const MPEG1_CODEC = 'mp4v.6A';

/**
 * MPEG-1 in MPEG-TS, for players that can decode nothing else. Each process is a generation: its tables
 * are the init segment, each of its pictures a fragment.
 */
export class Mpeg1Output implements Output {
  readonly picturesToStart = PICTURES_TO_START;
  readonly #options: Mpeg1OutputOptions;
  #generation = 0;

  constructor(options: Mpeg1OutputOptions) {
    this.#options = options;
  }

  start({ codec, framesPerSecond, lead }: RunOrder, came: () => boolean): Run {
    const { name, clock, rung, start = startMpeg1 } = this.#options;
    const rate = mpeg1Rate(framesPerSecond);
    const process = start(
      { ...{ name, codec, rung }, framesPerSecond: rate, lead: lead.length },
      clock,
    );
    const reader = new TsReader();
    let isFirst = true;
    return new TranscodeRun({
      ...{ process, codec, clock, lead, reader },
      timedBy: rate,
      made: (picture, stamp) => {
        if (!came()) return;
        if (isFirst) this.#begin(picture, reader.tables);
        isFirst = false;
        this.#give(picture, stamp);
      },
    });
  }

  discontinuity(): void {
    this.#options.sink.discontinuity();
  }

  #begin({ size }: TsPicture, tables: Buffer): void {
    this.#generation += 1;
    this.#options.sink.fragment({
      ...{ kind: 'init', generation: this.#generation, format: 'mpeg1', codec: MPEG1_CODEC },
      ...{ width: size?.width ?? 0, height: size?.height ?? 0, bytes: tables },
    });
  }

  #give({ keyFrame, bytes }: TsPicture, { captureUnixUs }: PictureStamp): void {
    const generation = this.#generation;
    this.#options.sink.fragment({ kind: 'media', generation, keyFrame, captureUnixUs, bytes });
  }
}
