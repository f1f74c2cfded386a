/**
 * The seam between what comes from a camera and what makes something of it: one coded picture.
 * RTP, Annex B and the transcoder's output all end here; the packager and the transcoder begin here.
 */
export type VideoCodec = 'h264' | 'h265';

export interface AccessUnit {
  readonly codec: VideoCodec;
  /**
   * The NAL units of one picture in decoding order, without start codes or length prefixes and with
   * their emulation prevention bytes. Parameter sets and SEI are included as the camera sent them.
   * Views into memory that is overwritten after the call that brings them: copy what is to be kept.
   */
  readonly nalUnits: readonly Uint8Array[];
  /** The picture can be decoded without any other: an IDR (H.264), or an IRAP picture (H.265). */
  readonly keyFrame: boolean;
  /**
   * Shown before the key frame that it follows, and made with what came before that (H.265: RASL). Of
   * no use to whoever begins at that key frame.
   */
  readonly leading?: boolean;
  /** Presentation time in units of 1/90000 s, unwrapped; continues over reconnects, never negative. */
  readonly pts90k: number;
  /** When the last byte of the picture reached the gateway; Unix µs. */
  readonly captureUnixUs: number;
}

/** What a source knows of a stream before its first picture; empty when the camera did not say. */
export interface ParameterSets {
  readonly codec: VideoCodec;
  /** H.265 only. */
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** Receives the pictures of one stream in decoding order. */
export interface AccessUnitSink {
  /** Called before the first picture of a connection, when the SDP carried parameter sets. */
  parameterSets(sets: ParameterSets): void;
  accessUnit(unit: AccessUnit): void;
  /** Pictures were lost or time is no longer continuous: the next picture to show is a key frame. */
  discontinuity(): void;
}
