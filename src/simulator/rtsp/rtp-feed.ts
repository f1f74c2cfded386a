import type { RtpPicture } from './rtp-picture.ts';

export interface H264ParameterSets {
  readonly sps: Uint8Array;
  readonly pps: Uint8Array;
}

/** One stream in RTP, shared by all who watch: everybody gets the same packets. */
export interface RtpFeed {
  readonly ssrc: number;
  /**
   * Starts what has to be started to know them.
   *
   * @throws the signal's reason, when it aborts first.
   */
  parameterSets(signal: AbortSignal): Promise<H264ParameterSets>;
  /**
   * NAL units of the newest key frame, or of the first when nothing runs yet.
   *
   * @throws the signal's reason, when it aborts first.
   */
  keyFrame(signal: AbortSignal): Promise<readonly Uint8Array[]>;
  /**
   * From now on `viewer` gets every picture, and before this call returns those from the last key
   * frame on, so that there is something to see at once. Returns how to leave.
   */
  join(viewer: (picture: RtpPicture) => void): () => void;
  /** Numbers of the first packet that somebody who joined now would get; undefined when not running. */
  first(): { readonly sequence: number; readonly timestamp: number } | undefined;
  /** Ends what runs, at once. It may be used again. */
  stop(): void;
}
