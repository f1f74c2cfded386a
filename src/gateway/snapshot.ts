import { jpegSize } from '../cameras/jpeg.ts';
import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { LiveViewError } from '../core/errors.ts';
import { type Permit, PermitEndedError } from '../core/permit.ts';
import type { OpenMedia, SnapshotWish } from '../server/deps.ts';
import { type StillInput, stillOf } from '../video/transcode/still.ts';
import { Together } from './together.ts';

/** Encoders at a time; a snapshot is a convenience, live pictures are the work. */
const MAX_AT_ONCE = 2;
/** How often a camera is asked; whoever asks within this time shares the picture. */
const SHARED_MS = 1_000;
const ORIGINAL_MS = 9_000;
const STILL_MS = 5_000;
const WISH = { quality: 'main', codecs: 'any', formats: ['fmp4'] } as const;

export interface SnapshotsOptions {
  readonly openMedia: OpenMedia;
  /** The camera's own JPEG; undefined when it has none. Never rejects, and has its own deadline. */
  readonly own: (camera: string) => Promise<Buffer | undefined>;
  readonly clock: Clock;
}

/**
 * A JPEG of a camera as it is now, against the same permit as live pictures: the camera's own where
 * it makes them, else its newest key frame.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #originals: Together<StillInput>;
  readonly #jpegs: Together<Buffer>;
  #encoding = 0;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#originals = new Together(options.clock, SHARED_MS);
    this.#jpegs = new Together(options.clock, SHARED_MS);
  }

  /** @throws PermitEndedError; LiveViewError `too-many-encoders`, `no-picture`, `timeout`. */
  async take(permit: Permit, wish: SnapshotWish = {}): Promise<Buffer> {
    const { camera } = permit;
    const key = `${camera} ${wish.width ?? ''}`;
    for (;;) {
      permit.check();
      const made = this.#jpegs.get(key, () => this.#make(permit, wish));
      try {
        const jpeg = await made;
        permit.check();
        return jpeg;
      } catch (error) {
        // The right of whoever asked first has ended; ours may hold.
        if (!(error instanceof PermitEndedError)) throw error;
        this.#jpegs.forget(key, made);
      }
    }
  }

  async #make(permit: Permit, { width }: SnapshotWish): Promise<Buffer> {
    const original = this.#originals.get(permit.camera, () => this.#original(permit));
    const input = await original.catch((error: unknown) => {
      if (error instanceof PermitEndedError) this.#originals.forget(permit.camera, original);
      throw error;
    });
    return needsNoWork(input, width) ? input.bytes : this.#encode(input, width);
  }

  async #original(permit: Permit): Promise<StillInput> {
    const { own, clock } = this.#options;
    const jpeg = await own(permit.camera);
    if (jpeg) return { format: 'jpeg', bytes: jpeg };
    const bytes = await withDeadline(clock, 'the camera', ORIGINAL_MS, (signal) =>
      this.#keyFrame(permit, signal),
    );
    return { format: 'mp4', bytes };
  }

  async #encode(input: StillInput, width: number | undefined): Promise<Buffer> {
    if (this.#encoding >= MAX_AT_ONCE) {
      throw new LiveViewError('too-many-encoders', 'other snapshots are being made; ask again');
    }
    this.#encoding += 1;
    try {
      return await withDeadline(this.#options.clock, 'ffmpeg', STILL_MS, (signal) =>
        stillOf(input, { width, signal }),
      );
    } finally {
      this.#encoding -= 1;
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
      const reader = this.#options.openMedia(permit, WISH, {
        readable: guarded,
        ended: ({ code, reason }) => {
          const { ended } = permit;
          const error = ended ? new PermitEndedError(ended) : new LiveViewError(code, reason);
          finish(() => reject(error));
        },
      });
      signal.addEventListener('abort', onAbort, { once: true });
      guarded();
    });
  }
}

function needsNoWork({ format, bytes }: StillInput, width: number | undefined): boolean {
  return format === 'jpeg' && (width === undefined || jpegSize(bytes).width <= width);
}
