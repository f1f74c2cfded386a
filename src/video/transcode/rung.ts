import type { VideoCodec } from '../access-unit.ts';
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

const KEY_FRAME_SECONDS = 2;
/** Of the encoder's own model of the line (VBV): what it may send at once after a quiet time. */
const BURST_SECONDS = 0.5;

/**
 * H.264 or H.265 in, H.264 out, no picture waiting for another:
 * - the demuxer looks at nothing ahead and the decoder has one thread, as several would each hold one;
 * - every picture that is decoded is encoded, whatever the time between them (`passthrough`);
 * - pictures too many for the rung are left out by their number, as the filter `fps` would hold one;
 * - x264 looks at nothing ahead, and keeps to the ceiling with every picture;
 * - a key frame that goes in comes out as one, so that what begins anew begins at once.
 */
export function transcodeJob(
  name: string,
  rung: Rung,
  framesPerSecond: number,
  codec: VideoCodec = 'h264',
): FfmpegJob {
  const { width, height, kbps } = rung;
  return {
    name: `${name} to ${width}x${height}`,
    inputOptions: [
      ...['-f', INPUT[codec].demuxer, '-framerate', String(framesPerSecond)],
      ...['-probesize', '32', '-analyzeduration', '0'],
      ...['-flags', 'low_delay', '-threads', '1'],
    ],
    input: 'pipe:0',
    outputOptions: [
      ...[
        '-an',
        '-vf',
        [...fewer(rung, framesPerSecond), scaled(rung), 'format=yuv420p'].join(','),
      ],
      ...['-fps_mode', 'passthrough', '-c:v', 'libx264', '-preset', 'superfast'],
      ...['-tune', 'zerolatency', '-threads', '1', '-bf', '0', '-udu_sei', '1'],
      ...['-g', String(Math.round(framesPerSecond * KEY_FRAME_SECONDS)), '-sc_threshold', '0'],
      ...['-force_key_frames', 'source'],
      ...['-crf', '24', '-maxrate', `${kbps}k`, '-bufsize', `${kbps * BURST_SECONDS}k`],
      ...['-flvflags', 'no_duration_filesize', '-f', 'flv'],
    ],
    output: 'pipe:1',
  };
}

/** The shape stays, a smaller picture too, and sides are even as H.264 wants them. */
function scaled({ width, height }: Rung): string {
  const [w, h] = [`min(${width}\\,iw)`, `min(${height}\\,ih)`];
  const shape = 'force_original_aspect_ratio=decrease:force_divisible_by=2';
  return `scale=${w}:${h}:${shape}:flags=fast_bilinear`;
}

/** Evenly spread, and every key frame: what begins anew begins there. */
function fewer({ framesPerSecond: most }: Rung, framesPerSecond: number): string[] {
  if (most === undefined || most >= framesPerSecond) return [];
  const part = (most / framesPerSecond).toFixed(6);
  return [`select=key+gt(floor((n+1)*${part})\\,floor(n*${part}))`];
}
