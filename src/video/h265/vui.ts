import type { BitReader } from '../../core/bit-reader.ts';
import { readUsability, type SampleAspect } from '../../core/video-usability.ts';
import { readTiming } from './parameter-set.ts';

/** What the usability information says of shape and timing (ITU-T H.265 §E.2.1); each may be absent. */
export interface Vui {
  readonly sampleAspect?: SampleAspect;
  /** Nominal; cameras that vary their rate still write one. */
  readonly framesPerSecond?: number;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Puts into `vui` what it reads, so that a set that is cut short has said what comes before. */
export function readVui(bits: BitReader, vui: Mutable<Vui>): void {
  readUsability(bits, vui);
  bits.skip(1 + 1 + 1); // neutral_chroma_indication, field_seq, frame_field_info_present_flag
  if (bits.flag()) bits.skipCodes(4); // default_display_window: an offer, which nobody takes up
  const rate = bits.flag() ? readTiming(bits) : undefined;
  if (rate !== undefined) vui.framesPerSecond = rate;
}
