import type { VideoCodec } from '../access-unit.ts';
import { type Encoder, encoderArguments } from './encoder.ts';
import type { FfmpegJob } from './ffmpeg.ts';
import { INPUT } from './input-codec.ts';

/** One size and bitrate that a stream is reduced to. */
export interface Rung {
  /** The picture fits into this and keeps its shape; a smaller one stays as small as it is. */
  readonly width: number;
  readonly height: number;
  /** Ceiling: over any time t no more than `kbps` × (t + half a second). */
  readonly kbps: number;
  /** Most pictures a second; undefined: as many as come. */
  readonly framesPerSecond?: number | undefined;
}

export const KEY_FRAME_SECONDS = 2;
/** Of the encoder's own model of the line (VBV): what it may send at once after a quiet time. */
export const BURST_SECONDS = 0.5;

export interface TranscodeJobOptions {
  readonly name: string;
  /** Of the pictures that go in. */
  readonly codec: VideoCodec;
  readonly rung: Rung;
  readonly encoder: Encoder;
  /** Of the pictures that go in. */
  readonly framesPerSecond: number;
  /** Pictures at the beginning that are decoded only, because those after them need them. */
  readonly lead?: number;
}

/**
 * H.264 or H.265 in, H.264 out, no picture waiting for another:
 * - the demuxer looks at nothing ahead and the decoder has one thread, as several would each hold one;
 * - every picture that is decoded is encoded, whatever the time between them (`passthrough`);
 * - pictures too many for the rung are left out by their number, as the filter `fps` would hold one;
 * - a key frame that goes in comes out as one, so that what begins anew begins at once.
 */
export function transcodeJob(options: TranscodeJobOptions): FfmpegJob {
  const { name, codec, rung, encoder, framesPerSecond } = options;
  const { width, height, kbps } = rung;
  const how = encoderArguments(encoder, { kbps, burstKbit: kbps * BURST_SECONDS });
  const filters = [...chosen(options), scaled(rung), ...how.filters];
  return {
    name: `${name} to ${width}x${height}`,
    inputOptions: [...how.device, ...inputOptions(codec, framesPerSecond)],
    input: 'pipe:0',
    outputOptions: [
      ...['-an', '-vf', filters.join(','), '-fps_mode', 'passthrough', '-c:v', ...how.codec],
      ...['-g', String(Math.round(framesPerSecond * KEY_FRAME_SECONDS))],
      ...['-force_key_frames', 'source'],
      ...['-flvflags', 'no_duration_filesize', '-f', 'flv'],
    ],
    output: 'pipe:1',
  };
}

/** Nothing is looked at ahead, and one thread holds no picture back as several would. */
export function inputOptions(codec: VideoCodec, framesPerSecond: number): string[] {
  return [
    ...['-f', INPUT[codec].demuxer, '-framerate', String(framesPerSecond)],
    ...['-probesize', '32', '-analyzeduration', '0'],
    ...['-flags', 'low_delay', '-threads', '1'],
  ];
}

/** The shape stays, a smaller picture too, and sides are even as H.264 wants them. */
export function scaled({ width, height }: Pick<Rung, 'width' | 'height'>): string {
  const [w, h] = [`min(${width}\\,iw)`, `min(${height}\\,ih)`];
  const shape = 'force_original_aspect_ratio=decrease:force_divisible_by=2';
  return `scale=${w}:${h}:${shape}:flags=fast_bilinear`;
}

/** The lead is not; of the rest as many as the rung takes: evenly spread, and every key frame. */
function chosen({ rung, framesPerSecond, lead = 0 }: TranscodeJobOptions): string[] {
  const part = keptPart(rung, framesPerSecond);
  if (part === 1 && lead === 0) return [];
  const some = `key+gt(floor((n+1)*${part})\\,floor(n*${part}))`;
  const wanted = part === 1 ? '1' : `eq(n\\,${lead})+${some}`;
  return [`select=gte(n\\,${lead})*(${wanted})`];
}

/** Of all pictures, those that a rung takes. */
export function keptPart({ framesPerSecond: most }: Rung, framesPerSecond: number): number {
  return most === undefined || most >= framesPerSecond ? 1 : most / framesPerSecond;
}
