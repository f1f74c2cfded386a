import type { Media } from '../../../src/client/index.ts';

export type PlayerKind = 'webcodecs' | 'mse' | 'jsmpeg';

/** Shows one channel. Fed in order; never blocks; keeps at the newest picture. */
export interface PicturePlayer {
  readonly kind: PlayerKind;
  /** Where the picture appears; readable by scripts of this origin. */
  readonly element: HTMLCanvasElement | HTMLVideoElement;
  /** What came, in order. @throws DemuxError for bytes that are no MP4 where there should be. */
  feed(media: Media): void;
  readonly figures: PlayerFigures;
  /** Stops and leaves black: no picture stays behind. Nothing is shown afterwards. */
  close(): void;
}

/** Counts since the player was made. */
export interface PlayerFigures {
  readonly shown: number;
  readonly decoded: number;
  /** Skipped here, to stay at the live edge; what the gateway dropped is not in it. */
  readonly dropped: number;
  /** Received and not yet shown. */
  readonly bufferedMs: number;
  readonly width: number;
  readonly height: number;
}

export interface PlayerHooks {
  /** A picture is on the screen. @param captureUnixUs of the gateway's clock. */
  onShown(captureUnixUs: number): void;
  /** This player cannot go on; another kind, or nothing, must take its place. */
  onFailed(reason: string): void;
}
