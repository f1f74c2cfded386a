import type { FfmpegJob } from './ffmpeg.ts';

/** One size and bitrate that a stream is reduced to. */
export interface Rung {
  /** The picture fits into this and keeps its shape. */
  readonly width: number;
  readonly height: number;
  readonly kbps: number;
}

export const LOW: Rung = { width: 640, height: 360, kbps: 800 };

const KEY_FRAME_SECONDS = 2;

/**
 * H.264 in, H.264 out, no picture waiting for another:
 * - the demuxer looks at nothing ahead and the decoder has one thread, as several would each hold one;
 * - every picture that is decoded is encoded, whatever the time between them (`passthrough`);
 * - x264 looks at nothing ahead, and the bitrate is bounded over half a second;
 * - a key frame that goes in comes out as one, so that what begins anew begins at once.
 */
export function transcodeJob(name: string, rung: Rung, framesPerSecond: number): FfmpegJob {
  const { width, height, kbps } = rung;
  const fit = 'force_original_aspect_ratio=decrease:force_divisible_by=2';
  return {
    name: `${name} to ${width}x${height}`,
    inputOptions: [
      ...['-f', 'h264', '-framerate', String(framesPerSecond)],
      ...['-probesize', '32', '-analyzeduration', '0'],
      ...['-flags', 'low_delay', '-threads', '1'],
    ],
    input: 'pipe:0',
    outputOptions: [
      ...['-an', '-vf', `scale=${width}:${height}:${fit}:flags=fast_bilinear,format=yuv420p`],
      ...['-fps_mode', 'passthrough', '-c:v', 'libx264', '-preset', 'superfast'],
      ...['-tune', 'zerolatency', '-threads', '1', '-bf', '0', '-udu_sei', '1'],
      ...['-g', String(Math.round(framesPerSecond * KEY_FRAME_SECONDS)), '-sc_threshold', '0'],
      ...['-force_key_frames', 'source'],
      ...['-crf', '24', '-maxrate', `${kbps}k`, '-bufsize', `${kbps / 2}k`],
      ...['-flvflags', 'no_duration_filesize', '-f', 'flv'],
    ],
    output: 'pipe:1',
  };
}
