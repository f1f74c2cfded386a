import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AccessUnit, VideoCodec } from '../../src/video/access-unit.ts';
import { nalUnitsOf } from '../../src/video/h264/annex-b.ts';
import { isIrap, isRasl, isSlice, startsPicture } from '../../src/video/h265/nal.ts';
import { inTemporaryFolder, picturesOf } from './fmp4/clip.ts';

const run = promisify(execFile);

export interface TimedClipOptions {
  readonly codec: VideoCodec;
  readonly size?: string;
  readonly frames?: number;
  readonly rate?: number;
  readonly bFrames?: number;
  readonly gop?: number;
  readonly pixels?: string;
  /** Between input and encoder, e.g. `setsar=4/3`. */
  readonly filter?: string;
  /** More of `-x264-params` or `-x265-params`. */
  readonly params?: string;
}

const ENCODERS = { h264: 'libx264', h265: 'libx265' } as const;
const FORMATS = { h264: 'h264', h265: 'hevc' } as const;

/** Encoding takes long: each clip of a suite is made once. */
const MADE = new Map<string, Promise<readonly AccessUnit[]>>();

/** A clip of x264 or x265 as a camera would hand it over: pictures in decoding order, each with its time. */
export async function timedClip(options: TimedClipOptions): Promise<AccessUnit[]> {
  const key = JSON.stringify(options);
  const made = MADE.get(key) ?? makeTimedClip(options);
  MADE.set(key, made);
  return [...(await made)];
}

async function makeTimedClip(options: TimedClipOptions): Promise<AccessUnit[]> {
  const { codec, size = '320x240', frames = 40, rate = 25, bFrames = 0, gop = 20 } = options;
  const { pixels = 'yuv420p', filter, params } = options;
  const common = [`bframes=${bFrames}`, `keyint=${gop}`, 'scenecut=0', 'b-adapt=0'];
  const own = codec === 'h265' ? ['log-level=none', 'pools=1', 'frame-threads=1'] : [];
  return inTemporaryFolder(async (folder) => {
    const [mp4, stream] = [join(folder, 'clip.mp4'), join(folder, 'clip')];
    await run('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`],
      ...['-frames:v', String(frames), ...(filter ? ['-vf', filter] : [])],
      ...['-c:v', ENCODERS[codec], '-preset', 'ultrafast', '-pix_fmt', pixels, '-threads', '1'],
      ...[
        `-${ENCODERS[codec].slice(3)}-params`,
        [...common, ...own, params ?? []].flat().join(':'),
      ],
      ...['-video_track_timescale', '90000', mp4],
    ]);
    await run('ffmpeg', ['-v', 'error', '-i', mp4, '-c', 'copy', '-f', FORMATS[codec], stream]);
    const times = await presentationTimes(mp4);
    const pictures =
      codec === 'h264'
        ? picturesOf(await readFile(stream))
        : hevcPicturesOf(await readFile(stream));
    return pictures.map((picture, index) => ({
      codec,
      ...picture,
      pts90k: times[index] ?? 0,
      captureUnixUs: 1_000_000 + index * 40_000,
    }));
  });
}

async function presentationTimes(file: string): Promise<number[]> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-show_packets', '-show_entries', 'packet=pts', '-of', 'json', file],
  ]);
  const { packets } = JSON.parse(stdout) as { packets: { pts: number }[] };
  const first = Math.min(...packets.map((packet) => packet.pts));
  return packets.map((packet) => packet.pts - first);
}

/** A picture begins with whatever precedes its first slice segment (ITU-T H.265 §7.4.2.4.4). */
export function hevcPicturesOf(
  stream: Uint8Array,
): Pick<AccessUnit, 'nalUnits' | 'keyFrame' | 'leading'>[] {
  const pictures: Uint8Array[][] = [];
  let begun = false;
  for (const nal of nalUnitsOf(stream)) {
    const begins = startsPicture(nal) || !isSlice(nal);
    if (pictures.length === 0 || (begins && begun)) {
      pictures.push([]);
      begun = false;
    }
    pictures.at(-1)?.push(nal);
    begun ||= isSlice(nal);
  }
  return pictures.map((nalUnits) => ({
    nalUnits,
    keyFrame: nalUnits.some(isIrap),
    leading: nalUnits.some(isRasl),
  }));
}
