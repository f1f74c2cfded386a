import { KeyFrameGate } from '../../core/key-frame-gate.ts';
import { type Permit, type PermitEnd, PermitEndedError } from '../../core/permit.ts';
import type { Delivery, Fragment, FragmentReader, InitSegment } from '../fragment.ts';
import type { Picture, PictureList } from './picture-list.ts';

/** Who is told about a viewer's stream. */
export interface ViewerListener {
  /** After `next` gave undefined: there may be something again. */
  readable(): void;
  /** Nothing may be sent any more. Runs in the tick in which the permit ended. */
  ended(end: PermitEnd): void;
}

/** What a viewer needs of its channel. */
export interface ViewerHost {
  readonly pictures: PictureList;
  /** Called once, however the viewer leaves. */
  left(viewer: ChannelViewer): void;
  /** It has no picture to begin with, or fell behind a group that it cannot join. */
  needsKeyFrame(): void;
  /** Its listener threw. */
  failed(error: unknown): void;
}

/**
 * One viewer's place in the list of a channel: a number and no buffer, so that a viewer that does not
 * read costs nothing.
 */
export class ChannelViewer implements FragmentReader {
  readonly #host: ViewerHost;
  readonly #permit: Permit;
  readonly #listener: ViewerListener;
  readonly #gate = new KeyFrameGate();
  #forget: () => void = () => undefined;
  /** Number of the next picture; undefined until there is a key frame to begin with. */
  #cursor: number | undefined;
  #sentInit: InitSegment | undefined;
  #sequence = 0;
  #dropped = 0;
  #missed = 0;
  #wantsToKnow = true;
  #closed = false;
  #ended: PermitEnd | undefined;

  constructor(host: ViewerHost, permit: Permit, listener: ViewerListener) {
    this.#host = host;
    this.#permit = permit;
    this.#listener = listener;
    this.#cursor = host.pictures.groupStart;
  }

  /** From here on the end of the permit is the end of the viewer; at once if it has ended. */
  follow(): void {
    const forget = this.#permit.onEnd((end) => this.end(end));
    if (this.#closed) forget();
    else this.#forget = forget;
  }

  /** Pictures that were not delivered because the viewer was too late. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Number of its next picture; `Infinity` while it waits for a key frame. */
  get wantedFrom(): number {
    return this.#cursor ?? Number.POSITIVE_INFINITY;
  }

  next(): Delivery | undefined {
    this.#permit.check();
    if (this.#ended) throw new PermitEndedError(this.#ended);
    if (this.#closed) return undefined;
    for (let picture = this.#find(); picture; picture = this.#find()) {
      if (picture.init !== this.#sentInit) {
        this.#sentInit = picture.init;
        return this.#deliver(picture.init, 0, false);
      }
      this.#cursor = (this.#cursor ?? 0) + 1;
      if (!this.#gate.passes(picture.media)) continue;
      const droppedBefore = this.#missed;
      this.#missed = 0;
      const last = this.#cursor === this.#host.pictures.end;
      this.#wantsToKnow = last;
      return this.#deliver(picture.media, droppedBefore, last);
    }
    this.#wantsToKnow = true;
    return undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    this.#host.left(this);
  }

  /** Closes and says why. */
  end(end: PermitEnd): void {
    if (this.#closed) return;
    this.#ended = end;
    this.close();
    this.#guard(() => this.#listener.ended(end));
  }

  /** The channel has another picture. */
  wake(): void {
    if (!this.#wantsToKnow) return;
    this.#wantsToKnow = false;
    this.#guard(() => this.#listener.readable());
  }

  /** One viewer's failure must not reach the camera, another viewer, or whoever ends a permit. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.close();
      if (!(error instanceof PermitEndedError)) this.#host.failed(error);
    }
  }

  /** The picture at the cursor; when that is gone, the newest key frame, and what lies between is missed. */
  #find(): Picture | undefined {
    const { pictures } = this.#host;
    const cursor = this.#cursor;
    if (cursor !== undefined && cursor >= pictures.first) return pictures.at(cursor);
    const start = pictures.groupStart;
    if (start === undefined) {
      this.#host.needsKeyFrame();
      return undefined;
    }
    if (cursor !== undefined) this.#miss(start - cursor);
    this.#cursor = start;
    this.#gate.close();
    return pictures.at(start);
  }

  #miss(count: number): void {
    this.#missed += count;
    this.#dropped += count;
  }

  #deliver(fragment: Fragment, droppedBefore: number, last: boolean): Delivery {
    const sequence = this.#sequence;
    this.#sequence += 1;
    return { fragment, sequence, droppedBefore, last };
  }
}
