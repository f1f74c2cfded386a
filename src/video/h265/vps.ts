import type { BitReader } from '../../core/bit-reader.ts';
import { readAsFarAsItGoes } from '../../core/video-usability.ts';
import { NAL } from './nal.ts';
import {
  parseParameterSet,
  readMaxSubLayersMinus1,
  readOrdering,
  readTiming,
} from './parameter-set.ts';
import { readProfileTierLevel } from './profile.ts';

/** What a video parameter set says that anything here needs (ITU-T H.265 §7.3.2.1). */
export interface Vps {
  readonly id: number;
  readonly framesPerSecond?: number;
}

/** @throws LiveViewError `invalid-vps`; only the identifier must be readable. */
export function parseVps(nal: Uint8Array): Vps {
  return parseParameterSet('VPS', NAL.vps, nal, (bits) => {
    const vps: { id: number; framesPerSecond?: number } = { id: bits.bits(4) };
    readAsFarAsItGoes(() => {
      const rate = readRate(bits);
      if (rate !== undefined) vps.framesPerSecond = rate;
    });
    return vps;
  });
}

function readRate(bits: BitReader): number | undefined {
  bits.skip(1 + 1 + 6); // vps_base_layer_internal and _available_flag, vps_max_layers_minus1
  const maxSubLayersMinus1 = readMaxSubLayersMinus1(bits);
  bits.skip(1 + 16); // vps_temporal_id_nesting_flag, vps_reserved_0xffff_16bits
  readProfileTierLevel(bits, maxSubLayersMinus1);
  readOrdering(bits, maxSubLayersMinus1);
  const layers = 1 + bits.bits(6);
  const sets = bits.ueUpTo(1_023, 'vps_num_layer_sets_minus1');
  bits.skip(sets * layers); // layer_id_included_flag
  return bits.flag() ? readTiming(bits) : undefined;
}
