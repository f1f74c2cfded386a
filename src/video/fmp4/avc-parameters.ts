import { BitReader } from '../../core/bit-reader.ts';
import { withoutEmulationPrevention } from '../../core/emulation-prevention.ts';
import { describe } from '../../core/errors.ts';
import { isParameterSet, NAL, nalType } from '../h264/nal.ts';
import { parseSps, type Sps } from '../h264/sps.ts';
import type { AvcTrack } from './init-segment.ts';

/** Real sets have some tens of bytes; scaling lists make a few hundred. */
const MAX_SET_BYTES = 4_096;
/** avcC counts them in five and in eight bits; cameras have one of each. */
const MAX_SPS = 8;
const MAX_PPS = 32;

export const NO_PARAMETER_SETS =
  'pictures without parameter sets (SPS and PPS); waiting for the camera to send them';

/** The parameter sets that are in force, by their identifiers (ITU-T H.264 §7.4.1.2.1). */
export class AvcParameters {
  /** In order of arrival: the newest SPS describes the pictures. */
  readonly #sps = new Map<number, { nal: Buffer; parsed: Sps }>();
  readonly #pps = new Map<number, Buffer>();

  /**
   * Takes note of an SPS or PPS. True when it differs from the one that was in force.
   *
   * @throws LiveViewError `invalid-sps`, `invalid-exp-golomb`, `truncated`; what was in force stays so.
   */
  take(nal: Uint8Array): boolean {
    if (nal.length > MAX_SET_BYTES) return false;
    return nalType(nal) === NAL.sps ? this.#takeSps(nal) : this.#takePps(nal);
  }

  /**
   * Takes note of the parameter sets among these NAL units. True when one differs from what was in
   * force; one that is unusable is said and changes nothing.
   */
  takeFrom(nalUnits: readonly Uint8Array[], say: (diagnosis: string) => void): boolean {
    let changed = false;
    for (const nal of nalUnits) {
      if (!isParameterSet(nal)) continue;
      try {
        if (this.take(nal)) changed = true;
      } catch (error) {
        say(`the camera's parameter sets are unusable: ${describe(error)}`);
      }
    }
    return changed;
  }

  /** What an init segment needs; undefined until there is an SPS and a PPS. */
  track(): AvcTrack | undefined {
    const newest = [...this.#sps.values()].at(-1);
    if (!newest || this.#pps.size === 0) return undefined;
    const spsNals = [...this.#sps.values()].map((set) => set.nal);
    return { sps: newest.parsed, spsNals, ppsNals: [...this.#pps.values()] };
  }

  #takeSps(nal: Uint8Array): boolean {
    for (const known of this.#sps.values()) if (known.nal.equals(nal)) return false;
    const parsed = parseSps(nal);
    this.#sps.delete(parsed.id);
    this.#sps.set(parsed.id, { nal: Buffer.from(nal), parsed });
    dropOldest(this.#sps, MAX_SPS);
    return true;
  }

  #takePps(nal: Uint8Array): boolean {
    for (const known of this.#pps.values()) if (known.equals(nal)) return false;
    const id = new BitReader(withoutEmulationPrevention(nal.subarray(1)), 'PPS').ueUpTo(255, 'id');
    this.#pps.set(id, Buffer.from(nal));
    dropOldest(this.#pps, MAX_PPS);
    return true;
  }
}

function dropOldest(sets: Map<number, unknown>, most: number): void {
  const [oldest] = sets.keys();
  if (sets.size > most && oldest !== undefined) sets.delete(oldest);
}
