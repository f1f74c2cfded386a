/** Parameter sets out of band: RFC 6184 §8.1 and RFC 7798 §7.1. */
import type { AccessUnit, ParameterSets } from '../access-unit.ts';
import * as h264 from '../h264/nal.ts';
import * as h265 from '../h265/nal.ts';
import type { EncodingParameters } from './depacketizer.ts';

/** More than any decoder may hold of one kind (H.264 §7.4.1.2.1: 32 SPS). */
const MAX_SETS = 32;

/**
 * What an `a=fmtp` line says; undefined when it is not enough to set a decoder up. Missing, empty and
 * unreadable sets are left out: they follow in band, and nothing is made up.
 */
export function announcedParameterSets(format: EncodingParameters): ParameterSets | undefined {
  const { encoding, parameters } = format;
  const named = (name: string) => decode(parameters.get(name));
  if (encoding !== 'H265') return complete(h264Sets(named('sprop-parameter-sets')));
  return complete(h265Sets(['sprop-vps', 'sprop-sps', 'sprop-pps'].flatMap(named)));
}

/** What a picture carries, copied; undefined when that is not enough to set a decoder up. */
export function parameterSetsIn({ codec, nalUnits }: AccessUnit): ParameterSets | undefined {
  const sets = complete(codec === 'h265' ? h265Sets(nalUnits) : h264Sets(nalUnits));
  const copies = (nals: readonly Uint8Array[]) => nals.map((nal) => Buffer.from(nal));
  return sets && { codec, vps: copies(sets.vps), sps: copies(sets.sps), pps: copies(sets.pps) };
}

function complete(sets: ParameterSets): ParameterSets | undefined {
  const { codec, vps, sps, pps } = sets;
  const all = sps.length > 0 && pps.length > 0 && (codec !== 'h265' || vps.length > 0);
  return all ? sets : undefined;
}

function h264Sets(nalUnits: readonly Uint8Array[]): ParameterSets {
  const ofType = (type: number, least: number) =>
    nalUnits.filter((nal) => h264.nalType(nal) === type && nal.length > least);
  return { codec: 'h264', vps: [], sps: ofType(h264.NAL.sps, 3), pps: ofType(h264.NAL.pps, 1) };
}

/** Each kind has a name of its own, but what is under it counts by what it is. */
function h265Sets(nalUnits: readonly Uint8Array[]): ParameterSets {
  const ofType = (type: number) =>
    nalUnits.filter((nal) => h265.nalType(nal) === type && nal.length > h265.HEADER_BYTES);
  const { vps, sps, pps } = h265.NAL;
  return { codec: 'h265', vps: ofType(vps), sps: ofType(sps), pps: ofType(pps) };
}

function decode(encoded = ''): Buffer[] {
  const texts = encoded.split(',', MAX_SETS);
  return texts.map((text) => withoutStartCode(Buffer.from(text, 'base64')));
}

function withoutStartCode(bytes: Buffer): Buffer {
  const one = bytes.indexOf(1);
  const isCode = one >= 2 && one <= 3 && bytes.subarray(0, one).every((byte) => byte === 0);
  return isCode ? bytes.subarray(one + 1) : bytes;
}
