import { describe } from '../../core/errors.ts';
import type { KnownSets } from './known-sets.ts';
import type { Track } from './track.ts';

/** Real sets have some tens of bytes; scaling lists make a few hundred. */
const MAX_SET_BYTES = 4_096;
/** As many as can be in force at once; cameras send two or three with a key frame. */
const MAX_SETS_A_PICTURE = 64;

export const NO_PARAMETER_SETS =
  'pictures without parameter sets (SPS and PPS); waiting for the camera to send them';

/** The parameter sets that are in force in one stream, and what they say. */
export abstract class StreamParameters {
  #track: Track | undefined;

  /** Where a NAL unit belongs; undefined when it is no parameter set. */
  protected abstract kindOf(nal: Uint8Array): KnownSets<{ readonly id: number }> | undefined;
  /** Undefined as long as one that is needed is missing. */
  protected abstract describe(): Track | undefined;

  /**
   * Takes note of a parameter set. True when it differs from the one that was in force.
   *
   * @throws LiveViewError with the reason why it cannot be read; what was in force stays so.
   */
  take(nal: Uint8Array): boolean {
    if (nal.length > MAX_SET_BYTES) return false;
    const changed = this.kindOf(nal)?.take(nal) ?? false;
    if (changed) this.#track = undefined;
    return changed;
  }

  /**
   * Takes note of the parameter sets among these NAL units. True when one differs from what was in
   * force; one that is unusable is said and changes nothing.
   */
  takeFrom(nalUnits: readonly Uint8Array[], say: (diagnosis: string) => void): boolean {
    let changed = false;
    let sets = 0;
    for (const nal of nalUnits) {
      if (!this.kindOf(nal)) continue;
      sets += 1;
      if (sets > MAX_SETS_A_PICTURE) {
        say(`the camera sends more than ${MAX_SETS_A_PICTURE} parameter sets with one picture`);
        break;
      }
      try {
        if (this.take(nal)) changed = true;
      } catch (error) {
        say(`the camera's parameter sets are unusable: ${describe(error)}`);
      }
    }
    return changed;
  }

  /** What an init segment needs; undefined until there is a set of each kind. */
  track(): Track | undefined {
    this.#track ??= this.describe();
    return this.#track;
  }
}
