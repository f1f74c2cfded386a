import { LiveViewError } from '../core/errors.ts';
import type { Permit } from '../core/permit.ts';
import type { OpenMedia } from '../server/deps.ts';
import { startFfmpeg } from '../video/transcode/ffmpeg.ts';

/** Encoders at a time; a snapshot is a convenience, live pictures are the work. */
const MAX_AT_ONCE = 2;
const MAX_BYTES = 8 * 1024 * 1024;
const WISH = { quality: 'main', codecs: [], formats: ['fmp4'] } as const;

/** The newest key frame of a camera as a JPEG, against the same permit as live pictures. */
export class Snapshots {
  readonly #openMedia: OpenMedia;
  #underWay = 0;

  constructor(openMedia: OpenMedia) {
    this.#openMedia = openMedia;
  }

  /**
   * @throws PermitEndedError; LiveViewError `too-many-encoders`, `no-picture`; the signal's reason.
   */
  async take(permit: Permit, signal: AbortSignal): Promise<Buffer> {
    if (this.#underWay >= MAX_AT_ONCE) {
      throw new LiveViewError('too-many-encoders', 'other snapshots are being made; ask again');
    }
    this.#underWay += 1;
    try {
      const jpeg = await toJpeg(await this.#keyFrame(permit, signal), signal);
      permit.check();
      return jpeg;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Init segment and first fragment: what a viewer that joins is given first. */
  #keyFrame(permit: Permit, signal: AbortSignal): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      const read = () => {
        for (let next = reader.next(); next && parts.length < 2; next = reader.next()) {
          parts.push(next.fragment.bytes);
        }
        if (parts.length === 2) finish(() => resolve(Buffer.concat(parts)));
      };
      const finish = (settle: () => void) => {
        signal.removeEventListener('abort', onAbort);
        reader.close();
        settle();
      };
      const guarded = () => {
        try {
          read();
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const onAbort = () => finish(() => reject(signal.reason));
      const reader = this.#openMedia(permit, WISH, {
        readable: guarded,
        ended: ({ code, reason }) => finish(() => reject(new LiveViewError(code, reason))),
      });
      signal.addEventListener('abort', onAbort, { once: true });
      guarded();
    });
  }
}

async function toJpeg(mp4: Buffer, signal: AbortSignal): Promise<Buffer> {
  const ffmpeg = startFfmpeg({
    name: 'snapshot',
    inputOptions: ['-f', 'mp4', '-threads', '1'],
    input: 'pipe:0',
    outputOptions: ['-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe'],
    output: 'pipe:1',
  });
  const stop = () => void ffmpeg.stop();
  signal.addEventListener('abort', stop, { once: true });
  ffmpeg.stdin.end(mp4);
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
