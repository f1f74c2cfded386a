/**
 * The seam between packaging and delivery: bytes with a header, nothing else, so that a message bus
 * can carry them between machines later.
 */
export type MediaFormat = 'fmp4' | 'mpeg1';

/** `ftyp` + `moov` (ISO/IEC 14496-12); a new one begins a generation. */
export interface InitSegment {
  readonly kind: 'init';
  /** Counts from 1 on a channel; changes whenever a decoder has to be set up anew. */
  readonly generation: number;
  readonly format: MediaFormat;
  /** RFC 6381, e.g. `avc1.640028`. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
}

/** One picture: one `moof` + `mdat`. */
export interface MediaFragment {
  readonly kind: 'media';
  readonly generation: number;
  readonly keyFrame: boolean;
  /** Needs pictures before the key frame that it follows: of no use to whoever begins there. */
  readonly leading?: boolean;
  /** When the last byte of the picture reached the gateway; Unix µs. */
  readonly captureUnixUs: number;
  readonly bytes: Buffer;
  /** Takes the bytes back when nobody has got them; whoever is not sure leaves that to the garbage. */
  readonly memory?: { release(): void };
}

export type Fragment = InitSegment | MediaFragment;

/** Receives what a packager makes, in order; an init segment precedes the media of its generation. */
export interface FragmentSink {
  fragment(fragment: Fragment): void;
  /** The pictures have ended or some are missing: whoever begins now begins at the next key frame. */
  discontinuity(): void;
}

/** A fragment on its way to one viewer. */
export interface Delivery {
  readonly fragment: Fragment;
  /** Number of this fragment for this viewer; counts from 0 without gaps. */
  readonly sequence: number;
  /** Pictures that this viewer missed immediately before this one. */
  readonly droppedBefore: number;
  /** There is nothing behind it: `onReadable` tells when there is, as if `next` had said so. */
  readonly last?: boolean;
}

/**
 * One viewer's place in a channel. Pull only: the reader asks when its socket has room, so a viewer
 * that stops asking costs nothing and delays nobody.
 */
export interface FragmentReader {
  /**
   * The next thing to send, or undefined when the viewer has everything; `onReadable` tells when to
   * ask again. A reader that fell behind continues at the newest key frame.
   *
   * @throws PermitEndedError when the permit no longer holds; nothing may be sent after that.
   */
  next(): Delivery | undefined;
  close(): void;
}
