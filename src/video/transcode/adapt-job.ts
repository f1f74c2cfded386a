import { type Encoder, encoderArguments } from './encoder.ts';
import type { FfmpegJob } from './ffmpeg.ts';
import type { ForeignCodec } from './foreign-codec.ts';
import { BURST_SECONDS, KEY_FRAME_SECONDS, type Rung, scaled } from './rung.ts';

export interface AdaptJobOptions {
  readonly name: string;
  readonly rung: Rung;
  readonly encoder: Encoder;
  /** About so many come; what the encoder budgets by. */
  readonly framesPerSecond: number;
  /** Of what comes. */
  readonly codec: Pick<ForeignCodec, 'decoder' | 'standsAlone'>;
}

/** Larger ones are not decoded: what a camera claims of its size is memory here. */
const MAX_PIXELS = 8_192 * 4_320;
const MAX_RATE = 120;
/** Key frames are told; this bounds what comes of a camera that hardly sends any. */
const MAX_GROUP = 250;
/** Of two pictures in a row, the second is left out when it comes sooner than this part of the interval. */
const EARLY = 0.9;

/**
 * Matroska in, H.264 out.
 *
 * - Pictures of the probing phase are kept (no `nobuffer`): among them is the key frame.
 * - `copyts` and a time base of milliseconds: the time of a picture that comes out is that with which it went in.
 */
export function adaptJob(options: AdaptJobOptions): FfmpegJob {
  const { name, rung, encoder, codec } = options;
  const framesPerSecond = Math.min(options.framesPerSecond, rung.framesPerSecond ?? MAX_RATE);
  const how = encoderArguments(encoder, { kbps: rung.kbps, burstKbit: rung.kbps * BURST_SECONDS });
  const filters = [...thinned(options), scaled(rung), ...how.filters];
  return {
    name: `${name} to H.264`,
    inputOptions: [
      ...how.device,
      ...['-f', 'matroska'],
      ...['-probesize', '32', '-analyzeduration', '0', '-max_pixels', String(MAX_PIXELS)],
      ...['-c:v', codec.decoder, '-flags', 'low_delay', '-threads', '1'],
    ],
    input: 'pipe:0',
    outputOptions: [
      ...['-copyts', '-an', '-vf', filters.join(','), '-fps_mode', 'passthrough'],
      ...['-r', String(framesPerSecond), '-enc_time_base', '1:1000', '-c:v', ...how.codec],
      ...['-g', String(MAX_GROUP)],
      ...['-force_key_frames', keyFrames(options)],
      ...['-flvflags', 'no_duration_filesize', '-f', 'flv'],
    ],
    output: 'pipe:1',
  };
}

/** The camera's key frames are ours: after a loss the first picture is one. Where all are, by time. */
function keyFrames(options: AdaptJobOptions): string {
  return options.codec.standsAlone ? `expr:gte(t,n_forced*${KEY_FRAME_SECONDS})` : 'source';
}

/** By their times, since nobody knows how many there are; key frames stay. */
function thinned(options: AdaptJobOptions): string[] {
  const { framesPerSecond: most } = options.rung;
  if (most === undefined) return [];
  const inTime = `gte(t-prev_selected_t\\,${(EARLY / most).toFixed(4)})`;
  return [`select=isnan(prev_selected_t)+${inTime}${options.codec.standsAlone ? '' : '+key'}`];
}
