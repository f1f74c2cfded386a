import type { VideoCodec } from '../access-unit.ts';
import type { Transport } from './transport-choice.ts';

export interface PlayingHow {
  readonly transport: Transport;
  /** Of the pictures that are handed on. */
  readonly codec: VideoCodec;
  /** What the camera sends, where they are made of that. */
  readonly madeOf?: string | undefined;
}

/** What a source is doing, for people and for metrics. */
export type SourceState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | (PlayingHow & {
      readonly kind: 'playing';
      /** When the first picture of this connection arrived; Unix µs. */
      readonly sinceUnixUs: number;
    })
  | {
      readonly kind: 'waiting';
      /** Why the last attempt ended. */
      readonly error: Error;
      /** On the clock's monotonic time. */
      readonly retryAtMs: number;
    };

/** Since the source was made; they only grow. */
export interface SourceCounters {
  packets: number;
  /** RTP payload and headers, without what carries them. */
  bytes: number;
  /** Packets that never came. */
  lost: number;
  /** Packets that are no RTP, or not of this stream. */
  strange: number;
  pictures: number;
  /** Incomplete or malformed, not handed on. */
  broken: number;
  /** Complete, but their key frame was lost or has not come yet; not handed on. */
  undecodable: number;
  /** Timestamps that were not believed. */
  outliers: number;
  /** Places where the camera lost step in its TCP stream. */
  lostSteps: number;
  /** Connections after the first. */
  reconnects: number;
}

export function noCounts(): SourceCounters {
  return {
    packets: 0,
    bytes: 0,
    lost: 0,
    strange: 0,
    pictures: 0,
    broken: 0,
    undecodable: 0,
    outliers: 0,
    lostSteps: 0,
    reconnects: 0,
  };
}
