import { NAL } from './nal.ts';
import { parseParameterSet } from './parameter-set.ts';

/** What a picture parameter set says that anything here needs (ITU-T H.265 §7.3.2.3.1). */
export interface Pps {
  readonly id: number;
  readonly spsId: number;
}

/** @throws LiveViewError `invalid-pps`. */
export function parsePps(nal: Uint8Array): Pps {
  return parseParameterSet('PPS', NAL.pps, nal, (bits) => ({
    id: bits.ueUpTo(63, 'pps_pic_parameter_set_id'),
    spsId: bits.ueUpTo(15, 'pps_seq_parameter_set_id'),
  }));
}
