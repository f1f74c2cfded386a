import type { BitReader } from '../../core/bit-reader.ts';

/** What a decoder must be able to do (ITU-T H.265 §7.3.3). */
export interface ProfileTierLevel {
  /** 0 for the profiles of the standard itself. */
  readonly space: number;
  readonly highTier: boolean;
  /** 1 Main, 2 Main 10, 3 Main Still Picture, 4 and above the extensions. */
  readonly profile: number;
  /** general_profile_compatibility_flag 0 … 31, the first as the highest bit. */
  readonly compatibility: number;
  /** The 48 bits from general_progressive_source_flag on. */
  readonly constraints: readonly number[];
  /** Thirty times the level: 120 is level 4. */
  readonly level: number;
}

const CONSTRAINT_BYTES = 6;
const SUB_LAYER_PROFILE_BITS = 88;
const SUB_LAYER_LEVEL_BITS = 8;

/** profile_tier_level( 1, maxSubLayersMinus1 ); what it says of the sub-layers is passed over. */
export function readProfileTierLevel(
  bits: BitReader,
  maxSubLayersMinus1: number,
): ProfileTierLevel {
  const space = bits.bits(2);
  const highTier = bits.flag();
  const profile = bits.bits(5);
  const compatibility = bits.bits(32);
  const constraints = Array.from({ length: CONSTRAINT_BYTES }, () => bits.bits(8));
  const level = bits.bits(8);
  skipSubLayers(bits, maxSubLayersMinus1);
  return { space, highTier, profile, compatibility, constraints, level };
}

function skipSubLayers(bits: BitReader, count: number): void {
  let skip = 0;
  for (let i = 0; i < count; i++) {
    if (bits.flag()) skip += SUB_LAYER_PROFILE_BITS;
    if (bits.flag()) skip += SUB_LAYER_LEVEL_BITS;
  }
  if (count > 0) skip += 2 * (8 - count); // reserved_zero_2bits
  bits.skip(skip); // sub_layer_profile_… and sub_layer_level_idc
}

/** ISO/IEC 14496-15 annex E.3: `hvc1.`, profile, compatibility, tier and level, constraints. */
export function codecString(general: ProfileTierLevel): string {
  const { space, profile, compatibility, highTier, level } = general;
  const constraints = [...general.constraints];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    'hvc1',
    `${['', 'A', 'B', 'C'][space]}${profile}`,
    reversed(compatibility).toString(16),
    `${highTier ? 'H' : 'L'}${level}`,
    ...constraints.map((byte) => byte.toString(16)),
  ].join('.');
}

/** The first of 32 bits becomes the lowest. */
function reversed(value: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) result = result * 2 + ((value >>> bit) & 1);
  return result;
}
