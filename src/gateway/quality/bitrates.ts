import type { TranscodeConfig } from '../../config/schema.ts';
import type { MediaReader, OpenMedia } from '../../server/deps.ts';
import type { Delivery } from '../../video/fragment.ts';

/** Of a camera that nobody has watched yet. */
const UNSEEN_KBPS: Readonly<Record<string, number>> = { main: 4_000, sub: 1_000 };
const WINDOW_US = 4_000_000;
/** A fall is believed slowly: a scene in which nothing moves will move again. */
const FALL = 0.25;

/** What each picture of each camera costs: as it was seen, else as it is to be expected. */
export class Bitrates {
  readonly #rungs: ReadonlyMap<string, number>;
  readonly #seen = new Map<string, { readonly kbps: number; readonly atUnixUs: number }>();

  constructor({ rungs, mpeg1 }: Pick<TranscodeConfig, 'rungs' | 'mpeg1'>) {
    this.#rungs = new Map([...rungs, { id: 'mpeg1', ...mpeg1 }].map(({ id, kbps }) => [id, kbps]));
  }

  /** kbit/s; of a rung never more than its ceiling. */
  of(camera: string, quality: string): number {
    const ceiling = this.#rungs.get(quality);
    const seen = this.#seen.get(keyOf(camera, quality))?.kbps;
    if (ceiling !== undefined) return Math.min(seen ?? ceiling, ceiling);
    return seen ?? UNSEEN_KBPS[quality] ?? UNSEEN_KBPS['main'] ?? 0;
  }

  /** @param atUnixUs the capture time of the last picture of it: many viewers see the same fall. */
  note(camera: string, quality: string, kbps: number, atUnixUs: number): void {
    const key = keyOf(camera, quality);
    const before = this.#seen.get(key);
    const falls = before !== undefined && kbps < before.kbps;
    if (falls && atUnixUs - before.atUnixUs < WINDOW_US) return;
    const believed = falls ? before.kbps + (kbps - before.kbps) * FALL : kbps;
    this.#seen.set(key, { kbps: believed, atUnixUs });
  }
}

function keyOf(camera: string, quality: string): string {
  return `${quality} ${camera}`;
}

/** Whoever reads a picture without a gap adds to what is known of it. */
export function measuredMedia(open: OpenMedia, bitrates: Bitrates): OpenMedia {
  return (permit, wish, listener) =>
    new MeasuredReader(open(permit, wish, listener), (...seen) =>
      bitrates.note(permit.camera, ...seen),
    );
}

type Note = (quality: string, kbps: number, atUnixUs: number) => void;

class MeasuredReader implements MediaReader {
  readonly #reader: MediaReader;
  readonly #note: Note;
  #fromUs: number | undefined;
  #bytes = 0;

  constructor(reader: MediaReader, note: Note) {
    this.#reader = reader;
    this.#note = note;
  }

  get quality() {
    return this.#reader.quality;
  }

  get transcoded() {
    return this.#reader.transcoded === true;
  }

  next(): Delivery | undefined {
    const delivery = this.#reader.next();
    if (delivery) this.#count(delivery);
    return delivery;
  }

  close(): void {
    this.#reader.close();
  }

  /** By the time of the pictures, not by that of the viewer; from key frame to key frame. */
  #count({ fragment, droppedBefore }: Delivery): void {
    if (fragment.kind === 'init' || droppedBefore > 0) this.#fromUs = undefined;
    if (fragment.kind === 'init') return;
    const { captureUnixUs, keyFrame, bytes } = fragment;
    if (keyFrame) this.#finish(captureUnixUs);
    this.#bytes += bytes.length;
  }

  #finish(nowUs: number): void {
    const spanUs = nowUs - (this.#fromUs ?? nowUs);
    if (this.#fromUs !== undefined && spanUs < WINDOW_US) return;
    const { quality } = this.#reader;
    if (spanUs > 0 && quality !== undefined) {
      this.#note(quality, (this.#bytes * 8_000) / spanUs, nowUs);
    }
    this.#fromUs = nowUs;
    this.#bytes = 0;
  }
}
