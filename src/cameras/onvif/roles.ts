import type { StreamRole } from './description.ts';
import type { Profile } from './media-calls.ts';

export interface ProfileRole {
  readonly profile: Profile;
  readonly role: StreamRole;
}

/** What suits a tile among others on a screen; the sub stream is the one nearest to it. */
const SUB_PIXELS = 640 * 360;

/**
 * Which of a camera's profiles is the full picture and which the small one, main and sub first.
 * Only those of its first video source count (a recorder has one for each channel), and H.264 goes
 * before anything else: it needs no transcoding.
 */
export function assignRoles(profiles: readonly Profile[]): readonly ProfileRole[] {
  const withVideo = profiles.filter((profile) => profile.video !== undefined);
  const source = withVideo[0]?.sourceToken;
  const own = withVideo.filter((profile) => profile.sourceToken === source);
  const h264 = own.filter((profile) => /^(H\.?264|AVC)$/i.test(profile.video?.encoding ?? ''));
  const candidates = [...(h264.length > 0 ? h264 : own)].sort((a, b) => pixels(b) - pixels(a));
  const main = candidates[0];
  const smaller = candidates.filter((profile) => main && pixels(profile) < pixels(main));
  const sub = smaller.sort((a, b) => fromIdeal(a) - fromIdeal(b))[0];
  const order = [main, sub, ...withVideo].filter((profile) => profile !== undefined);
  return [...new Set(order)].map((profile) => ({
    profile,
    role: profile === main ? 'main' : profile === sub ? 'sub' : 'other',
  }));
}

function pixels({ video }: Profile): number {
  return (video?.width ?? 0) * (video?.height ?? 0);
}

/** As a ratio: twice too large is as far off as half too small. */
function fromIdeal(profile: Profile): number {
  return Math.abs(Math.log(Math.max(1, pixels(profile)) / SUB_PIXELS));
}
