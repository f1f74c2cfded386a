import { asError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Permit, PermitEnd } from '../../core/permit.ts';
import type { Fragment, FragmentSink, InitSegment, MediaFragment } from '../fragment.ts';
import { type ListLimits, PictureList } from './picture-list.ts';
import { ChannelViewer, type ViewerListener } from './viewer.ts';

/** What is known of a channel, for status pages and metrics. */
export interface ChannelFigures {
  readonly viewers: number;
  /** Since the channel was opened. */
  readonly pictures: number;
  readonly bytes: number;
  /** Pictures that viewers missed because they were too slow, over all viewers. */
  readonly dropped: number;
  /** Bytes of pictures held for viewers now. */
  readonly heldBytes: number;
  /** Length of the longest of the last complete and the current group of pictures. */
  readonly groupMs: number | undefined;
  readonly newestCaptureUnixUs: number | undefined;
  readonly codec: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly generation: number | undefined;
}

export interface ChannelOptions {
  readonly log: Logger;
  readonly limits?: ListLimits;
  /** A viewer has no key frame to go on with; may be called for every picture. */
  readonly requestKeyFrame?: () => void;
  /** A viewer has left, however it did. */
  readonly onLeft: () => void;
}

/** One camera in one quality: a list of pictures that its viewers share, each with a place of its own. */
export class Channel implements FragmentSink {
  readonly pictures: PictureList;
  readonly #log: Logger;
  readonly #onLeft: () => void;
  readonly #requestKeyFrame: (() => void) | undefined;
  readonly #viewers = new Set<ChannelViewer>();
  #init: InitSegment | undefined;
  #count = 0;
  #bytes = 0;
  /** Of viewers that have left. */
  #dropped = 0;
  #groupCaptureUnixUs: number | undefined;
  #newestCaptureUnixUs: number | undefined;
  #lastGroupMs: number | undefined;

  /** Number of the oldest picture that a viewer has still to read. */
  readonly #wantedFrom = (): number => {
    let wantedFrom = Number.POSITIVE_INFINITY;
    for (const viewer of this.#viewers) wantedFrom = Math.min(wantedFrom, viewer.wantedFrom);
    return wantedFrom;
  };

  constructor(options: ChannelOptions) {
    this.pictures = new PictureList(options.limits);
    this.#log = options.log;
    this.#onLeft = options.onLeft;
    this.#requestKeyFrame = options.requestKeyFrame;
  }

  join(permit: Permit, listener: ViewerListener): ChannelViewer {
    const viewer = new ChannelViewer(this, permit, listener);
    this.#viewers.add(viewer);
    viewer.follow();
    return viewer;
  }

  fragment(fragment: Fragment): void {
    if (fragment.kind === 'init') this.#begin(fragment);
    else if (this.#init?.generation === fragment.generation) this.#append(this.#init, fragment);
  }

  /** What is here may be old by now: its viewers keep it, and nobody begins there. */
  discontinuity(): void {
    this.pictures.endGroup();
    this.#groupCaptureUnixUs = undefined;
  }

  /** Ends every viewer for the same reason. */
  end(end: PermitEnd): void {
    for (const viewer of [...this.#viewers]) viewer.end(end);
    this.pictures.clear();
  }

  left(viewer: ChannelViewer): void {
    this.#viewers.delete(viewer);
    this.#dropped += viewer.dropped;
    this.#onLeft();
  }

  needsKeyFrame(): void {
    this.#requestKeyFrame?.();
  }

  failed(error: unknown): void {
    this.#log.error('a viewer failed and was closed', { error: asError(error) });
  }

  figures(): ChannelFigures {
    let dropped = this.#dropped;
    for (const viewer of this.#viewers) dropped += viewer.dropped;
    return {
      viewers: this.#viewers.size,
      pictures: this.#count,
      bytes: this.#bytes,
      dropped,
      heldBytes: this.pictures.bytes,
      groupMs: this.#groupMs(),
      newestCaptureUnixUs: this.#newestCaptureUnixUs,
      codec: this.#init?.codec,
      width: this.#init?.width,
      height: this.#init?.height,
      generation: this.#init?.generation,
    };
  }

  /** Pictures of the former generation stay for viewers in the middle of it; nobody begins there. */
  #begin(init: InitSegment): void {
    this.#init = init;
    this.pictures.endGroup();
  }

  #append(init: InitSegment, media: MediaFragment): void {
    this.#count += 1;
    this.#bytes += media.bytes.length;
    if (media.keyFrame) {
      if (this.#groupCaptureUnixUs !== undefined) {
        this.#lastGroupMs = (media.captureUnixUs - this.#groupCaptureUnixUs) / 1_000;
      }
      this.#groupCaptureUnixUs = media.captureUnixUs;
    }
    this.#newestCaptureUnixUs = media.captureUnixUs;
    this.pictures.append({ init, media }, this.#wantedFrom);
    for (const viewer of this.#viewers) viewer.wake();
  }

  #groupMs(): number | undefined {
    const [start, newest] = [this.#groupCaptureUnixUs, this.#newestCaptureUnixUs];
    if (start === undefined || newest === undefined) return undefined;
    return Math.max(this.#lastGroupMs ?? 0, (newest - start) / 1_000);
  }
}
