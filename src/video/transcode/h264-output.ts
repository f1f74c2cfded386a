import type { Clock } from '../../core/clock.ts';
import type { AccessUnitSink } from '../access-unit.ts';
import { NAL, nalType } from '../h264/nal.ts';
import { carriesUserData, type Encoder, SOFTWARE } from './encoder.ts';
import { startFfmpeg } from './ffmpeg.ts';
import { FlvReader } from './flv-reader.ts';
import type { Output, Run, RunOrder } from './output.ts';
import { findStamp } from './picture-stamp.ts';
import { keptPart, type Rung, transcodeJob } from './rung.ts';
import { TranscodeRun } from './transcode-run.ts';

export interface H264OutputOptions {
  /** For logs. */
  readonly name: string;
  readonly clock: Clock;
  readonly rung: Rung;
  readonly encoder?: Encoder;
  readonly sink: AccessUnitSink;
  readonly start?: typeof startFfmpeg;
}

/** H.264 of one rung, for the packager. */
export class H264Output implements Output {
  readonly picturesToStart = 0;
  readonly #options: H264OutputOptions;

  constructor(options: H264OutputOptions) {
    this.#options = options;
  }

  start({ codec, framesPerSecond, lead }: RunOrder, came: () => boolean): Run {
    const { name, clock, rung, encoder = SOFTWARE, sink, start = startFfmpeg } = this.#options;
    const job = transcodeJob({
      ...{ name, codec, rung, encoder, framesPerSecond, lead: lead.length },
    });
    return new TranscodeRun({
      ...{ process: start(job, clock), codec, clock, lead, reader: new FlvReader() },
      keptEvery: 1 / keptPart(rung, framesPerSecond),
      stampOf: ({ nalUnits }) => findStamp(nalUnits),
      timedBy: carriesUserData(encoder) ? undefined : framesPerSecond,
      made: ({ nalUnits, keyFrame }, stamp) => {
        const own = nalUnits.filter((nal) => nalType(nal) !== NAL.sei);
        if (came()) sink.accessUnit({ codec: 'h264', nalUnits: own, keyFrame, ...stamp });
      },
    });
  }

  discontinuity(): void {
    this.#options.sink.discontinuity();
  }
}
