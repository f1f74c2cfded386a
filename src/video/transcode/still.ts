import { LiveViewError } from '../../core/errors.ts';
import { startFfmpeg } from './ffmpeg.ts';

export interface StillInput {
  /** A key frame in MP4 (init segment and one fragment) or as a byte stream, or a JPEG. */
  readonly format: 'mp4' | 'h264' | 'jpeg';
  readonly bytes: Buffer;
}

export interface StillOptions {
  /** Scaled down to this width, keeping the shape; a smaller picture stays as it is. */
  readonly width?: number | undefined;
  readonly signal: AbortSignal;
}

const INPUT = {
  mp4: ['-f', 'mp4'],
  h264: ['-f', 'h264'],
  jpeg: ['-f', 'jpeg_pipe'],
} as const;
/** Many times what the largest takes. */
const MAX_CPU_SECONDS = 20;
const MAX_BYTES = 8 * 1024 * 1024;
/** The largest picture that is decoded, 8K by 8K: a header alone may promise any number of them. */
const MAX_PIXELS = 8_192 * 8_192;

/**
 * One coded picture as a JPEG.
 *
 * @throws LiveViewError `no-picture` with ffmpeg's last words; the signal's reason.
 */
export async function stillOf(input: StillInput, options: StillOptions): Promise<Buffer> {
  const { width, signal } = options;
  const scale = width === undefined ? [] : ['-vf', `scale=w='min(${width},iw)':h=-2`];
  const ffmpeg = startFfmpeg({
    name: 'snapshot',
    cpuSeconds: MAX_CPU_SECONDS,
    inputOptions: ['-threads', '1', '-max_pixels', String(MAX_PIXELS), ...INPUT[input.format]],
    input: 'pipe:0',
    outputOptions: [...scale, '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe'],
    output: 'pipe:1',
  });
  const stop = () => void ffmpeg.stop();
  signal.addEventListener('abort', stop, { once: true });
  ffmpeg.stdin.end(input.bytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ffmpeg.stdout) {
    size += chunk.length;
    if (size > MAX_BYTES) stop();
    else chunks.push(chunk);
  }
  const { lastWords } = await ffmpeg.exited;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (size > 0 && size <= MAX_BYTES) return Buffer.concat(chunks);
  throw new LiveViewError('no-picture', 'no picture could be made of this camera now', {
    context: { lastWords },
  });
}
