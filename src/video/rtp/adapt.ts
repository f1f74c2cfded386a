/** The seam to whatever reads codecs that are not read here: packets go in as they come, H.264 comes out. */
import type { LiveViewError } from '../../core/errors.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';

/** A stream in another codec than H.264 and H.265, as the session description tells of it. */
export interface ForeignFormat {
  readonly payloadType: number;
  /** The name in `a=rtpmap`, in upper case. */
  readonly encoding: string;
  /** Of `a=fmtp`, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface AdaptOptions extends DepacketizerOptions {
  /** Aborts when the connection is to end: then no more is made. */
  readonly signal: AbortSignal;
  /** Nothing will come of this stream as it is; the connection is to end with this reason. */
  readonly failed: (reason: LiveViewError) => void;
}

export interface AdaptedStream extends Depacketizer {
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}

/** @throws LiveViewError `codec-not-supported`, `too-many-encoders`. */
export type Adapt = (format: ForeignFormat, options: AdaptOptions) => AdaptedStream;
