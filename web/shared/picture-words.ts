import { clockTime } from './format.ts';
import type { ShownPicture } from './player/picture-state.ts';
import { inWords } from './reasons.ts';
import type { Texts } from './texts-nl.ts';

/** What is said over a picture. */
export interface PictureWords {
  readonly title: string;
  /** Why, since when, what to do; in this order. */
  readonly lines: readonly string[];
  /** `wait`: nothing is wrong yet. `notice`: the picture can be used. `trouble`: it cannot be trusted. */
  readonly tone: 'wait' | 'notice' | 'trouble';
}

/**
 * The most exact truth there is: what ended it, what the gateway says of the camera, else what this
 * page sees. Undefined for a live picture of a camera that is well.
 *
 * @param atCentre there, why and what to do about it; a control room can do nothing about it.
 */
export function pictureWords(
  { state, ended, picture }: ShownPicture,
  texts: Texts,
  atCentre: boolean,
): PictureWords | undefined {
  if (ended) {
    const title = atCentre ? texts.picture.endedCentre : texts.picture.ended;
    const reason = inWords({ code: ended.code, message: ended.reason }, texts);
    return { title, lines: [reason], tone: 'trouble' };
  }
  const connected = state !== 'interrupted';
  const ofCamera = connected && picture && cameraWords(picture, texts, atCentre);
  if (ofCamera) return ofCamera;
  if (state === 'live') return undefined;
  const tone = state === 'connecting' ? 'wait' : 'trouble';
  return { title: texts.picture[state], lines: [], tone };
}

function cameraWords(
  { state, code, reason, since }: NonNullable<ShownPicture['picture']>,
  texts: Texts,
  atCentre: boolean,
): PictureWords | undefined {
  if (state === 'ok' || state === 'connecting') return undefined;
  const lines = [texts.since(clockTime(since))];
  const advice = texts.advice[state === 'no-connection' ? (code ?? '') : state];
  if (atCentre && code !== undefined)
    lines.unshift(inWords({ code, message: reason ?? '' }, texts));
  if (atCentre && advice !== undefined) lines.push(advice);
  const tone = state === 'clock-drift' ? 'notice' : 'trouble';
  return { title: texts.conditions[state], lines, tone };
}
