import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveViewError } from '../../core/errors.ts';
import { AnnexBSplitter, type CodedPicture } from '../../video/h264/annex-b-splitter.ts';
import { isSlice, NAL, nalType } from '../../video/h264/nal.ts';
import { startFfmpeg } from '../../video/transcode/ffmpeg.ts';
import type { Picture } from '../scene/picture.ts';
import type { H264ParameterSets } from './rtp-feed.ts';
import { type RtpPicture, rtpPicture } from './rtp-picture.ts';
import { STAMP_SEI, stampPlace } from './stamp.ts';

export interface ClipShape {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly kbps: number;
  readonly seconds: number;
  /** How many seconds of its bitrate the encoder may be ahead: less makes key frames smaller. 1 unless given. */
  readonly burstSeconds?: number;
}

export const LOOPED_MAIN: ClipShape = {
  width: 1920,
  height: 1080,
  fps: 25,
  kbps: 4_000,
  seconds: 10,
};
export const LOOPED_SUB: ClipShape = { width: 640, height: 360, fps: 12, kbps: 500, seconds: 10 };

export interface ClipPicture {
  /** Without numbers: every camera that sends it puts in its own. */
  readonly picture: RtpPicture;
  /** Where the time of sending is written; −1 for a clip without stamps. */
  readonly stampPlace: number;
}

/** A clip in packets, made once and shared by every camera that sends it. */
export class LoopedClip {
  readonly fps: number;
  readonly parameterSets: H264ParameterSets;
  /** NAL units of the first picture. */
  readonly keyFrame: readonly Uint8Array[];
  readonly #pictures: readonly ClipPicture[];
  /** Packets before each picture of the loop. */
  readonly #before: readonly number[];
  readonly #packets: number;

  /** @throws LiveViewError `clip-unusable` */
  constructor(byteStream: Buffer, fps: number, stamped: boolean) {
    const splitter = new AnnexBSplitter();
    const coded = [...splitter.push(byteStream), ...splitter.flush()];
    this.fps = fps;
    this.parameterSets = parameterSetsOf(coded);
    this.keyFrame = coded[0]?.nalUnits ?? [];
    this.#pictures = coded.map((picture) => clipPicture(picture, stamped));
    let packets = 0;
    this.#before = this.#pictures.map(({ picture }) => {
      packets += picture.starts.length;
      return packets - picture.starts.length;
    });
    this.#packets = packets;
  }

  /** Pictures a loop. */
  get length(): number {
    return this.#pictures.length;
  }

  /** Picture `number` of the endless stream. */
  at(number: number): ClipPicture {
    return this.#pictures[number % this.length] as ClipPicture;
  }

  /** Packets of the endless stream that come before picture `number`. */
  packetsBefore(number: number): number {
    const before = this.#before[number % this.length] as number;
    return Math.floor(number / this.length) * this.#packets + before;
  }
}

function parameterSetsOf(coded: readonly CodedPicture[]): H264ParameterSets {
  const nalUnits = coded[0]?.keyFrame ? coded[0].nalUnits : [];
  const sps = nalUnits.find((nal) => nalType(nal) === NAL.sps);
  const pps = nalUnits.find((nal) => nalType(nal) === NAL.pps);
  if (sps && pps) return { sps, pps };
  throw new LiveViewError('clip-unusable', 'the clip does not begin with a key frame; delete it');
}

function clipPicture({ nalUnits, keyFrame }: CodedPicture, stamped: boolean): ClipPicture {
  const slice = nalUnits.findIndex(isSlice);
  const units = stamped
    ? [...nalUnits.slice(0, slice), STAMP_SEI, ...nalUnits.slice(slice)]
    : nalUnits;
  const numbers = { ssrc: 0, sequence: 0, timestamp: 0 };
  const picture = rtpPicture({ nalUnits: units, keyFrame, captureUnixUs: 0 }, numbers);
  return { picture, stampPlace: stamped ? stampPlace(picture.framed) : -1 };
}

/**
 * The byte stream of a clip, made by ffmpeg when the cache does not have it yet.
 *
 * @param plate lies over the upper edge of every picture.
 * @throws LiveViewError `clip-failed` with ffmpeg's last words.
 */
export async function cachedClip(
  cacheDir: string,
  shape: ClipShape,
  plate?: Picture,
): Promise<Buffer> {
  const { width, height, fps, kbps, seconds, burstSeconds } = shape;
  const burst = burstSeconds === undefined ? '' : `-burst${burstSeconds}`;
  const name = `loop-${width}x${height}-${fps}fps-${kbps}kbit-${seconds}s${burst}`;
  const file = join(cacheDir, `${name}${plate ? `-${digest(plate)}` : ''}.h264`);
  const known = await readFile(file).catch(() => undefined);
  if (known) return known;
  await mkdir(cacheDir, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const plateFile = `${unfinished}.y4m`;
  try {
    if (plate) await writeFile(plateFile, asY4m(plate));
    await makeClip(unfinished, shape, plate && plateFile);
    await rename(unfinished, file);
  } finally {
    await Promise.all([unfinished, plateFile].map((path) => rm(path, { force: true })));
  }
  return readFile(file);
}

/** Another plate is another clip. */
function digest({ bytes }: Picture): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** One picture as YUV4MPEG2, which says its size by itself. */
function asY4m({ width, height, bytes }: Picture): Buffer {
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F1:1 C420\nFRAME\n`), bytes]);
}

async function makeClip(file: string, shape: ClipShape, plateFile?: string): Promise<void> {
  const { width, height, fps, kbps, seconds, burstSeconds = 1 } = shape;
  const pattern = `testsrc2=size=${width}x${height}:rate=${fps},noise=alls=12:allf=t`;
  const graph = `${pattern}[pattern];[pattern][0:v]overlay=0:0:eof_action=repeat`;
  const made = startFfmpeg({
    name: 'clip for looped cameras',
    ...(plateFile === undefined
      ? { inputOptions: ['-f', 'lavfi'], input: pattern }
      : { inputOptions: ['-f', 'yuv4mpegpipe'], input: plateFile }),
    outputOptions: [
      ...(plateFile === undefined ? [] : ['-filter_complex', graph]),
      ...['-t', String(seconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'],
      ...['-pix_fmt', 'yuv420p', '-bf', '0', '-g', String(fps), '-sc_threshold', '0'],
      ...[
        '-b:v',
        `${kbps}k`,
        '-maxrate',
        `${kbps}k`,
        '-bufsize',
        `${kbps * burstSeconds}k`,
        '-f',
        'h264',
        '-y',
      ],
    ],
    output: file,
  });
  const { code, lastWords } = await made.exited;
  if (code === 0) return;
  throw new LiveViewError('clip-failed', `ffmpeg made no clip: ${lastWords.join(' ')}`);
}
