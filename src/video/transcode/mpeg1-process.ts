import type { Clock } from '../../core/clock.ts';
import type { VideoCodec } from '../access-unit.ts';
import { type FfmpegProcess, startFfmpeg } from './ffmpeg.ts';
import { startMpeg1Muxer } from './mpeg1-muxer.ts';
import { BURST_SECONDS, inputOptions, KEY_FRAME_SECONDS, type Rung, scaled } from './rung.ts';

/** The muxer looks at so many pictures beside the first before it gives that. */
export const PICTURES_TO_START = 1;

/** The rates that MPEG-1 knows (ISO/IEC 11172-2 §2.4.3.2). */
const RATES = [24_000 / 1_001, 24, 25, 30_000 / 1_001, 30, 50, 60_000 / 1_001, 60];

/** The nearest of MPEG-1 that is not lower: an encoder that expects more keeps to its ceiling. */
export function mpeg1Rate(framesPerSecond: number): number {
  return RATES.find((rate) => rate >= framesPerSecond - 0.01) ?? 60;
}

export interface Mpeg1Options {
  readonly name: string;
  /** Of the pictures that go in. */
  readonly codec: VideoCodec;
  readonly rung: Pick<Rung, 'width' | 'height' | 'kbps'>;
  /** One of MPEG-1's. */
  readonly framesPerSecond: number;
  /** Pictures at the beginning that are decoded only. */
  readonly lead: number;
}

/**
 * H.264 or H.265 in, MPEG-1 in MPEG-TS out, by two processes that look like one: ours decodes and
 * makes the picture small, the muxer encodes. Between them are pictures without compression, so
 * the muxer, whose input cannot be given options, has nothing to find out, and no decoder whose threads
 * would each hold a picture back. When one ends, so does the other.
 */
export function startMpeg1(options: Mpeg1Options, clock: Clock): FfmpegProcess {
  const decoder = startFfmpeg(decoderJob(options), clock);
  const muxer = startMpeg1Muxer(encoderOptions(options), clock);
  decoder.stdout.pipe(muxer.stdin);
  const stop = async () => {
    // ffmpeg looks up from a pipe that it reads when the pipe ends, not for a signal.
    for (const { stdin } of [decoder, muxer]) stdin.end();
    await Promise.all([decoder.stop(), muxer.stop()]);
  };
  const first = Promise.race([decoder.exited, muxer.exited]);
  return {
    get pid() {
      return muxer.pid;
    },
    stdin: decoder.stdin,
    stdout: muxer.stdout,
    exited: first.then(async (exit) => {
      await stop();
      return exit;
    }),
    stop,
  };
}

function decoderJob({ name, codec, rung, framesPerSecond, lead }: Mpeg1Options) {
  const filters = [
    ...(lead > 0 ? [`select=gte(n\\,${lead})`] : []),
    // The colours of MPEG-1 are those of ITU-R BT.601, whatever the camera's are.
    `${scaled(rung)}:out_color_matrix=bt601:out_range=tv`,
    'format=yuv420p',
  ];
  return {
    name: `${name} decoded`,
    inputOptions: inputOptions(codec, framesPerSecond),
    input: 'pipe:0',
    outputOptions: [
      ...['-an', '-vf', filters.join(','), '-fps_mode', 'passthrough'],
      ...['-f', 'yuv4mpegpipe'],
    ],
    output: 'pipe:1',
  };
}

/** Each packet leaves at once, and says how long it is: its reader need not wait for the next. */
function encoderOptions({ rung: { kbps }, framesPerSecond }: Mpeg1Options): Record<string, string> {
  return {
    ...{ '-hide_banner': '', '-nostats': '', '-loglevel': 'warning' },
    ...{ '-an': '', '-fps_mode': 'passthrough', '-bf': '0', '-threads': '1' },
    // Without these two the encoder keeps a picture, for B-frames that there are none of.
    ...{ '-flags': 'low_delay', '-strict': 'unofficial' },
    ...{ '-b:v': `${kbps}k`, '-maxrate': `${kbps}k`, '-bufsize': `${kbps * BURST_SECONDS}k` },
    '-g': String(Math.round(framesPerSecond * KEY_FRAME_SECONDS)),
    ...{ '-muxdelay': '0', '-muxpreload': '0', '-omit_video_pes_length': '0' },
    '-flush_packets': '1',
  };
}
