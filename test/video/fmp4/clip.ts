import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { AnnexBSplitter, type CodedPicture } from '../../../src/video/h264/annex-b-splitter.ts';

const run = promisify(execFile);

export interface ClipOptions {
  size?: string;
  frames?: number;
  rate?: number;
  bFrames?: number;
  gop?: number;
  /** Between input and encoder, e.g. `setsar=4/3`. */
  filter?: string;
  pixels?: string;
}

/** A short H.264 byte stream with access unit delimiters, made by x264. */
export async function encodeClip(options: ClipOptions = {}): Promise<Buffer> {
  const { size = '320x240', frames = 20, rate = 25, bFrames = 0, gop = 10 } = options;
  const { filter, pixels = 'yuv420p' } = options;
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'clip.h264');
    await run('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`],
      ...['-frames:v', String(frames), ...(filter ? ['-vf', filter] : [])],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', pixels, '-threads', '1'],
      ...['-x264-params', `bframes=${bFrames}:keyint=${gop}:scenecut=0:b-adapt=0:aud=1`],
      ...['-f', 'h264', file],
    ]);
    return readFile(file);
  });
}

export function picturesOf(clip: Uint8Array): CodedPicture[] {
  const splitter = new AnnexBSplitter();
  return [...splitter.push(clip), ...splitter.flush()];
}

/** The pictures of a clip, 40 ms apart, captured 40 ms apart. */
export function unitsOf(clip: Uint8Array, pts90k = (index: number) => index * 3_600): AccessUnit[] {
  return picturesOf(clip).map((picture, index) => ({
    codec: 'h264',
    ...picture,
    pts90k: pts90k(index),
    captureUnixUs: 1_000_000 + index * 40_000,
  }));
}

export interface ProbedFrame {
  readonly key: boolean;
  readonly width: number;
  readonly height: number;
  readonly pts: number;
  readonly sampleAspect: string;
  readonly pictureType: string;
}

export interface Probed {
  /** What ffprobe complained about; empty for a flawless stream. */
  readonly warnings: string;
  readonly frames: ProbedFrame[];
  readonly decodeTimes: number[];
  readonly codec: string;
}

/** What ffprobe reads in a stream, and every warning that it gives. */
export async function probe(bytes: Uint8Array): Promise<Probed> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'stream.mp4');
    await writeFile(file, bytes);
    const { stdout, stderr } = await run(
      'ffprobe',
      ['-v', 'warning', '-show_frames', '-show_packets', '-show_streams', '-of', 'json', file],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    return { warnings: stderr, ...readProbe(JSON.parse(stdout)) };
  });
}

type Json = Record<string, unknown>;

function readProbe(json: {
  packets_and_frames: Json[];
  streams: Json[];
}): Omit<Probed, 'warnings'> {
  const packets = json.packets_and_frames.filter((item) => item['type'] === 'packet');
  const frames = json.packets_and_frames.filter((item) => item['type'] === 'frame');
  return {
    codec: String(json.streams[0]?.['codec_name']),
    decodeTimes: packets.map((packet) => Number(packet['dts'])),
    frames: frames.map((frame) => ({
      key: frame['key_frame'] === 1,
      width: Number(frame['width']),
      height: Number(frame['height']),
      pts: Number(frame['pts']),
      sampleAspect: String(frame['sample_aspect_ratio']),
      pictureType: String(frame['pict_type']),
    })),
  };
}

export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'liveview-test-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
