/**
 * Whether a player that names these codecs (RFC 6381) can play that one. Players name examples, not
 * limits: a level above those that are named is tried all the same, another kind of coding is not.
 *
 * @param offered empty means H.264, which every player decodes.
 */
export function decodes(offered: readonly string[], codec: string): boolean {
  const wanted = kindOf(codec);
  return (offered.length > 0 ? offered : ['avc1']).map(kindOf).some((kind) => {
    if (kind.family !== wanted.family) return false;
    return kind.profile === wanted.profile || COMMON[wanted.family]?.includes(wanted.profile);
  });
}

interface Kind {
  readonly family: string;
  /** profile_idc; NaN where the name does not say. */
  readonly profile: number;
}

/** Profiles that whoever decodes the family at all decodes: Baseline, Main, Extended, High; Main. */
const COMMON: Readonly<Record<string, readonly number[]>> = {
  avc: [66, 77, 88, 100, Number.NaN],
  hevc: [1, Number.NaN],
};

/** `avc1.PPCCLL`; `hvc1.P.…`, the profile after a letter for its space. */
function kindOf(codec: string): Kind {
  const [entry = '', profile = ''] = codec.trim().toLowerCase().split('.');
  if (entry === 'avc1' || entry === 'avc3') {
    return { family: 'avc', profile: Number.parseInt(profile.slice(0, 2), 16) };
  }
  if (entry === 'hvc1' || entry === 'hev1') {
    return { family: 'hevc', profile: Number.parseInt(profile.replace(/^[a-c]/, ''), 10) };
  }
  return { family: entry, profile: Number.NaN };
}
