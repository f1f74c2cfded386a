import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { Viewpoint } from './ptz-model.ts';
import { CodedFeed } from './rtsp/coded-feed.ts';
import {
  type ClipShape,
  cachedClip,
  LOOPED_MAIN,
  LOOPED_SUB,
  LoopedClip,
} from './rtsp/looped-clip.ts';
import { LoopedFeed } from './rtsp/looped-feed.ts';
import type { PictureSource } from './rtsp/picture-source.ts';
import type { H264ParameterSets, RtpFeed } from './rtsp/rtp-feed.ts';
import type { Act } from './scene/acts.ts';
import { announcedSets } from './scene/announced.ts';
import { MAIN, type StreamShape, SUB } from './scene/encoder.ts';
import { namePlate, PLATE_COLOURS } from './scene/name-plate.ts';
import type { Picture } from './scene/picture.ts';
import { paintScene } from './scene/renderer.ts';
import type { SceneName } from './scene/scene.ts';
import { SceneCamera } from './scene/scene-camera.ts';

/** What a camera sends, in two sizes. */
export interface CameraPictures {
  readonly main: PicturesOfOneSize;
  readonly sub: PicturesOfOneSize;
  /** Ends the threads and processes behind them. */
  stop(): Promise<void>;
}

export interface PicturesOfOneSize {
  readonly feed: RtpFeed;
  readonly shape: StreamShape;
}

/** Gives a camera its pictures; `index` counts cameras from 0, and one without a signal looks nowhere. */
export type PictureMaker = (
  entry: CatalogueEntry,
  index: number,
  viewpoint: () => Viewpoint | undefined,
) => CameraPictures;

/**
 * Live pictures of painted scenes: a thread and an encoder a camera, while somebody watches. The
 * scenes are painted here, before there is a camera, and what its streams are is found out: whoever
 * asks first is answered at once, however busy the machine is.
 */
export async function paintedPictures(options: {
  scenes: readonly SceneName[];
  /** What is played in front of the cameras. */
  act?: () => Act | undefined;
  clock: Clock;
  log: Logger;
  worker?: URL | undefined;
}): Promise<PictureMaker> {
  const { scenes, act, clock, log, worker } = options;
  const [main, sub, painted] = await Promise.all([
    announcedSets(MAIN, clock),
    announcedSets(SUB, clock),
    paintAll(scenes),
  ]);
  const feedOf = (source: PictureSource, sets: H264ParameterSets, camera: string) =>
    new CodedFeed({ source, sets, clock, log: log.child({ camera }) });
  return ({ id, name, scene }, _, viewpoint) => {
    const camera = new SceneCamera({
      ...{ scene, name, viewpoint, act, clock, worker },
      painted: painted.get(scene) ?? paintScene(scene),
    });
    return {
      main: { feed: feedOf(camera.main, main, id), shape: MAIN },
      sub: { feed: feedOf(camera.sub, sub, id), shape: SUB },
      stop: () => camera.stop(),
    };
  };
}

/** Each once. A scene takes a good part of a second, so that signals and timers have turns between. */
async function paintAll(scenes: readonly SceneName[]): Promise<ReadonlyMap<SceneName, Picture>> {
  const painted = new Map<SceneName, Picture>();
  for (const scene of new Set(scenes)) {
    painted.set(scene, paintScene(scene));
    await setImmediate();
  }
  return painted;
}

export interface LoopedOptions {
  /** Where clips are kept; made once. A folder of the system's temporary one unless told. */
  readonly cacheDir?: string;
  /** Each picture carries the time at which it was sent (see `rtsp/stamp.ts`). */
  readonly stamped?: boolean;
  /** Of the main stream; 1920×1080 at 25 pictures and 4 Mbit a second unless told. */
  readonly main?: ClipShape;
  readonly sub?: ClipShape;
  /** How many cameras show their own name and colour, each a clip more in memory; 8 unless told. */
  readonly named?: number;
}

/** Cameras send at moments that are spread over this time. */
const SPREAD_MS = 40;
const SPREAD_STEP = 7;

/**
 * Clips, each with its own numbers and at its own moments. The first cameras show their name on a
 * colour of their own; those beyond share one clip for each size that names nobody.
 */
export async function loopedPictures(
  entries: readonly CatalogueEntry[],
  options: LoopedOptions,
  clock: Clock,
): Promise<PictureMaker> {
  const { named = PLATE_COLOURS.length } = options;
  const own = await Promise.all(
    entries.slice(0, named).map(({ name }, number) => clipsOf(options, { name, number })),
  );
  const shared = entries.length > own.length ? await clipsOf(options) : undefined;
  return (_, index) => {
    const clips = own[index] ?? shared;
    if (!clips) throw new LiveViewError('unknown-camera', `there is no clip for camera ${index}`);
    const phaseMs = (index * SPREAD_STEP) % SPREAD_MS;
    const feedOf = ({ clip, shape }: SizedClip, ssrc: number) => ({
      feed: new LoopedFeed({ clip, ssrc, phaseMs, clock }),
      shape,
    });
    return {
      main: feedOf(clips.main, 2 * index + 1),
      sub: feedOf(clips.sub, 2 * index + 2),
      stop: async () => undefined,
    };
  };
}

interface SizedClip {
  readonly clip: LoopedClip;
  readonly shape: ClipShape;
}

async function clipsOf(
  { cacheDir = join(tmpdir(), 'liveview-clips'), stamped = false, ...shapes }: LoopedOptions,
  label?: { readonly name: string; readonly number: number },
): Promise<{ main: SizedClip; sub: SizedClip }> {
  const load = async (shape: ClipShape): Promise<SizedClip> => {
    const plate = label && namePlate(shape, label.name, label.number);
    const bytes = await cachedClip(cacheDir, shape, plate);
    return { clip: new LoopedClip(bytes, shape.fps, stamped), shape };
  };
  const main = await load(shapes.main ?? LOOPED_MAIN);
  return { main, sub: await load(shapes.sub ?? LOOPED_SUB) };
}
