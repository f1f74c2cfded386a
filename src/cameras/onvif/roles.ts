import type { StreamRole } from './description.ts';
import type { Profile } from './media-calls.ts';

export interface ProfileRole {
  readonly profile: Profile;
  readonly role: StreamRole;
}

/** What suits a tile among others on a screen; the sub stream is the one nearest to it. */
const SUB_PIXELS = 640 * 360;

/** H.264, which every viewer decodes, goes before a picture in H.265 of up to so many times the pixels. */
const WORTH_OF_H264 = 6;

/**
 * Which of a camera's profiles is the full picture and which the small one, main and sub first. Only
 * those of its first video source count: a recorder has one for each channel. What is passed on as it
 * comes goes before what has to be made anew for everybody, and H.264 before H.265, unless the picture
 * in H.265 is much larger.
 */
export function assignRoles(profiles: readonly Profile[]): readonly ProfileRole[] {
  const withVideo = profiles.filter((profile) => profile.video !== undefined);
  const source = withVideo[0]?.sourceToken;
  const own = withVideo.filter((profile) => profile.sourceToken === source);
  const passedOn = own.filter((profile) => isH264(profile) || isH265(profile));
  const candidates = passedOn.length > 0 ? passedOn : own;
  const main = best(
    candidates,
    (profile) => Math.log(Math.max(1, pixels(profile))) + preference(profile),
  );
  const smaller = candidates.filter((profile) => main && pixels(profile) < pixels(main));
  const sub = best(smaller, (profile) => preference(profile) - fromIdeal(profile));
  const order = [main, sub, ...withVideo].filter((profile) => profile !== undefined);
  return [...new Set(order)].map((profile) => ({
    profile,
    role: profile === main ? 'main' : profile === sub ? 'sub' : 'other',
  }));
}

function best(profiles: readonly Profile[], value: (profile: Profile) => number) {
  return [...profiles].sort((a, b) => value(b) - value(a))[0];
}

/** To be added to logarithms of sizes. */
function preference(profile: Profile): number {
  return isH264(profile) ? Math.log(WORTH_OF_H264) : 0;
}

function isH264({ video }: Profile): boolean {
  return /^(H\.?264|AVC)$/i.test(video?.encoding ?? '');
}

function isH265({ video }: Profile): boolean {
  return /^(H\.?265|HEVC)$/i.test(video?.encoding ?? '');
}

function pixels({ video }: Profile): number {
  return (video?.width ?? 0) * (video?.height ?? 0);
}

/** As a ratio: twice too large is as far off as half too small. */
function fromIdeal(profile: Profile): number {
  return Math.abs(Math.log(Math.max(1, pixels(profile)) / SUB_PIXELS));
}
