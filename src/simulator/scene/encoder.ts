import type { Clock } from '../../core/clock.ts';
import { asError, LiveViewError } from '../../core/errors.ts';
import type { AccessUnit } from '../../video/access-unit.ts';
import { type FfmpegProcess, startFfmpeg } from '../../video/transcode/ffmpeg.ts';
import { FlvReader } from '../../video/transcode/flv-reader.ts';

/** One size in which a camera is shown. */
export interface StreamShape {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Upper bound; a still scene needs far less. */
  readonly kbps: number;
}

export const MAIN: StreamShape = { width: 1280, height: 720, fps: 25, kbps: 4_000 };
export const SUB: StreamShape = { width: 640, height: 360, fps: 12, kbps: 800 };

export interface EncoderHandlers {
  accessUnit(unit: AccessUnit): void;
  /** It ended without being asked to. */
  failed(error: Error): void;
}

/** ffmpeg between raw pictures and coded ones. No picture is held back: nothing looks ahead. */
export class Encoder {
  readonly #ffmpeg: FfmpegProcess;
  readonly #handlers: EncoderHandlers;
  readonly #flv = new FlvReader();
  /** Pictures in ffmpeg, oldest first; without B-frames they come out in the same order. */
  readonly #inside: Pick<AccessUnit, 'pts90k' | 'captureUnixUs'>[] = [];
  #stopping = false;

  constructor(name: string, shape: StreamShape, handlers: EncoderHandlers, clock: Clock) {
    this.#handlers = handlers;
    this.#ffmpeg = startFfmpeg(
      {
        name: `encoder of ${name}`,
        inputOptions: inputOptions(shape),
        input: 'pipe:0',
        outputOptions: outputOptions(shape),
        output: 'pipe:1',
      },
      clock,
    );
    this.#ffmpeg.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#ffmpeg.exited.then(({ lastWords }) => this.#ended(lastWords));
  }

  /** False while the picture before is still on its way in: this one is better left out. */
  get ready(): boolean {
    return !this.#stopping && this.#ffmpeg.stdin.writableLength === 0;
  }

  /** `i420` is copied. */
  write(i420: Uint8Array, pts90k: number, captureUnixUs: number): void {
    this.#inside.push({ pts90k, captureUnixUs });
    this.#ffmpeg.stdin.write(Buffer.from(i420));
  }

  stop(): Promise<void> {
    this.#stopping = true;
    this.#ffmpeg.stdin.end();
    return this.#ffmpeg.stop();
  }

  #read(chunk: Buffer): void {
    if (this.#stopping) return;
    try {
      for (const { nalUnits, keyFrame } of this.#flv.push(chunk)) {
        const times = this.#inside.shift();
        if (!times) throw new LiveViewError('encoder-failed', 'the encoder invented a picture');
        this.#handlers.accessUnit({ codec: 'h264', nalUnits, keyFrame, ...times });
      }
    } catch (error) {
      this.#fail(asError(error));
    }
  }

  #ended(lastWords: readonly string[]): void {
    if (this.#stopping) return;
    this.#fail(
      new LiveViewError(
        'encoder-failed',
        `ffmpeg ended: ${lastWords.join(' ') || 'no reason given'}`,
      ),
    );
  }

  #fail(error: Error): void {
    void this.stop();
    this.#handlers.failed(error);
  }
}

function inputOptions({ width, height, fps }: StreamShape): string[] {
  const size = `${width}x${height}`;
  return ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-video_size', size, '-framerate', String(fps)];
}

/** One slice a picture and a key frame a second; colours named, so that players need not guess. */
function outputOptions({ fps, kbps }: StreamShape): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-threads', '1'],
    ...['-profile:v', 'main', '-bf', '0', '-g', String(fps), '-sc_threshold', '0'],
    ...['-crf', '23', '-maxrate', `${kbps}k`, '-bufsize', `${kbps / 2}k`],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ...['-color_range', 'tv', '-flvflags', 'no_duration_filesize', '-f', 'flv'],
  ];
}
