import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseInit } from '../../web/shared/player/demux.ts';

export interface ClipOptions {
  /** libx264 unless told. */
  readonly encoder?: 'libx264' | 'libx265';
  readonly seconds?: number;
  readonly fps?: number;
  readonly size?: string;
  /** Pictures between key frames. */
  readonly gop?: number;
  readonly bFrames?: number;
  /** An ffmpeg source; a moving test picture unless told. */
  readonly source?: string;
}

/** Fragmented MP4 made by ffmpeg, cut as the gateway sends it: the init segment, and one fragment a picture. */
export interface Clip {
  readonly init: Buffer;
  readonly fragments: readonly Buffer[];
  readonly fps: number;
  /** Pictures from one key frame to the next. */
  readonly gop: number;
  /** RFC 6381. */
  readonly codec: string;
  /** Of the whole clip, in ticks of its track. */
  readonly durationTicks: number;
}

const run = promisify(execFile);

export async function makeClip(options: ClipOptions = {}): Promise<Clip> {
  const { encoder = 'libx264', seconds = 2, fps = 25, size = '320x180', gop = 25 } = options;
  const source = options.source ?? `testsrc2=size=${size}:rate=${fps}`;
  const bFrames = options.bFrames ?? 0;
  const quiet = encoder === 'libx265' ? ['-x265-params', `log-level=none:bframes=${bFrames}`] : [];
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source, '-t', String(seconds)],
      ...['-c:v', encoder, '-preset', 'ultrafast', '-g', String(gop), '-bf', String(bFrames)],
      ...['-threads', '1', '-pix_fmt', 'yuv420p', ...quiet],
      ...(encoder === 'libx265' ? ['-tag:v', 'hvc1'] : []),
      ...['-movflags', 'empty_moov+default_base_moof+frag_every_frame', '-f', 'mp4', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 64 << 20 },
  );
  const clip = cut(stdout);
  const { codec, timescale } = parseInit(new Uint8Array(clip.init));
  const durationTicks = (clip.fragments.length * timescale) / fps;
  return { ...clip, fps, gop, codec, durationTicks };
}

/** The top-level boxes of a fragmented MP4, as one init segment and `moof`+`mdat` pairs. */
function cut(file: Buffer): Pick<Clip, 'init' | 'fragments'> {
  const init: Buffer[] = [];
  const fragments: Buffer[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const box = file.subarray(at, at + size);
    if (type === 'ftyp' || type === 'moov') init.push(box);
    else if (type === 'moof') fragments.push(box);
    else if (type === 'mdat') {
      const moof = fragments.pop();
      if (moof) fragments.push(Buffer.concat([moof, box]));
    }
    at += size;
  }
  return { init: Buffer.concat(init), fragments };
}
