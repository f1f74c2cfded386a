import { createHash } from 'node:crypto';
import { LiveViewError } from '../../src/core/errors.ts';
import type { MadePicture, PictureStore } from '../../src/liveview/plan-model.ts';

/** A picture as if it had been made of something; its bytes are the text. */
export function madeOf(text: string, change: Partial<MadePicture> = {}): MadePicture {
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const source = { type: 'png', bytes: 1_000, sha256 } as const;
  return { sha256, type: 'png', width: 400, height: 300, bytes, source, ...change };
}

/** Pictures in memory, with a switch that makes the disk full. */
export class MemoryPictures implements PictureStore {
  readonly kept = new Map<string, Buffer>();
  full = false;
  /** Awaited before a picture is read. */
  beforeRead: Promise<void> = Promise.resolve();

  async keep(sha256: string, bytes: Buffer): Promise<void> {
    if (this.full) throw new LiveViewError('images-unwritable', 'the disk is full');
    this.kept.set(sha256, bytes);
  }

  async read(sha256: string): Promise<Buffer> {
    await this.beforeRead;
    const bytes = this.kept.get(sha256);
    if (bytes) return bytes;
    throw new LiveViewError('image-missing', 'it is gone');
  }

  async forget(sha256: string): Promise<void> {
    this.kept.delete(sha256);
  }

  async sweep(known: ReadonlySet<string>): Promise<void> {
    for (const sha256 of this.kept.keys()) if (!known.has(sha256)) this.kept.delete(sha256);
  }
}
