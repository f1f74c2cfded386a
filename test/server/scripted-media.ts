import type { Permit } from '../../src/core/permit.ts';
import type {
  MediaListener,
  MediaReader,
  MediaWish,
  PictureCondition,
} from '../../src/server/deps.ts';
import type { Delivery, Fragment, InitSegment, MediaFragment } from '../../src/video/fragment.ts';

export function init(generation = 1, bytes = Buffer.from('ftypmoov')): InitSegment {
  return {
    ...{ kind: 'init', generation, format: 'fmp4', codec: 'avc1.640028' },
    ...{ width: 1920, height: 1080, bytes },
  };
}

export function picture(bytes: Buffer = Buffer.alloc(100, 7), keyFrame = false): MediaFragment {
  return { kind: 'media', generation: 1, keyFrame, captureUnixUs: 1_767_225_600_123_456, bytes };
}

/** One viewer's reader; a test pushes what it is to find. */
export class ScriptedReader implements MediaReader {
  readonly permit: Permit;
  readonly wish: MediaWish;
  readonly listener: MediaListener;
  readonly quality = 'main';
  condition: PictureCondition | undefined;
  closed = false;
  reads = 0;
  readonly #queue: Omit<Delivery, 'sequence'>[] = [];
  #sequence = 0;

  constructor(permit: Permit, wish: MediaWish, listener: MediaListener) {
    this.permit = permit;
    this.wish = wish;
    this.listener = listener;
  }

  /** What was pushed and not yet read. */
  get waiting(): number {
    return this.#queue.length;
  }

  push(fragment: Fragment, droppedBefore = 0, last = false): void {
    this.#queue.push({ fragment, droppedBefore, last });
    this.listener.readable();
  }

  next(): Delivery | undefined {
    this.permit.check();
    this.reads += 1;
    const next = this.#queue.shift();
    return next && { ...next, sequence: this.#sequence++ };
  }

  close(): void {
    this.closed = true;
  }
}

/** Stands for all of the video: a permit becomes a reader that the test feeds. */
export class ScriptedMedia {
  readonly readers: ScriptedReader[] = [];
  /** Called before a reader is handed out. */
  onOpen: (reader: ScriptedReader) => void = () => undefined;

  open(permit: Permit, wish: MediaWish, listener: MediaListener): MediaReader {
    permit.check();
    const reader = new ScriptedReader(permit, wish, listener);
    this.onOpen(reader);
    this.readers.push(reader);
    return reader;
  }

  get last(): ScriptedReader {
    const reader = this.readers.at(-1);
    if (!reader) throw new Error('nobody watches');
    return reader;
  }
}
