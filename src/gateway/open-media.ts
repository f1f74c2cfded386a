import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import type { MediaReader, MediaWish, OpenMedia } from '../server/deps.ts';
import type { Hub } from '../video/hub/hub.ts';
import type { GatewayCamera, Profile } from './camera.ts';
import { DecodableReader } from './decodable-reader.ts';
import type { Rendition, Renditions } from './renditions.ts';

export interface MediaOpenerDeps {
  readonly hub: Hub;
  readonly cameras: { get(id: string): GatewayCamera | undefined };
  readonly renditions: Renditions;
  readonly ffmpeg: { require(): void };
}

/**
 * The one function through which the listeners reach video: a permit becomes fragments. What the viewer
 * does not decode is made anew for it.
 */
export function mediaOpener(deps: MediaOpenerDeps): OpenMedia {
  return (permit, wish, listener) => {
    const camera = deps.cameras.get(permit.camera);
    const join = ({ name, quality, rung, profile }: Rendition): MediaReader => {
      if (rung) deps.ffmpeg.require();
      const reader = deps.hub.join(permit, name, listener);
      return {
        quality,
        // What the camera sends is known when the first picture comes.
        get transcoded() {
          return rung !== undefined || camera?.isMadeAnew(profile) === true;
        },
        next: () => reader.next(),
        close: () => reader.close(),
      };
    };
    const open = (wanted: Rendition, cheaper: Rendition | undefined): MediaReader =>
      withEncoder(deps, {
        join: () => join(wanted),
        refused: (error) => {
          if (cheaper && wish.quality === 'auto') return join(cheaper);
          throw refusal(error, cheaper);
        },
      });
    const wanted = choose(deps, wish, camera);
    const reader = open(wanted, cheaperThan(deps, wanted, camera));
    const { codecs } = wish;
    if (codecs === 'any' || wanted.format === 'mpeg1') return reader;
    return new DecodableReader({
      ...{ codecs, reader, listener },
      madeAnew: () => open(inH264(deps, wanted, camera), smallerThan(deps, wanted, camera)),
    });
  };
}

/**
 * Where every encoder is in use, those that work for nobody any more are stopped; then a viewer that
 * left the choice to us gets the camera's own small picture, and another is told of it.
 */
function withEncoder(
  deps: MediaOpenerDeps,
  attempt: { join: () => MediaReader; refused: (error: unknown) => MediaReader },
): MediaReader {
  try {
    return attempt.join();
  } catch (error) {
    if (codeOf(error) !== 'too-many-encoders') throw error;
  }
  closeUnusedEncoders(deps);
  try {
    return attempt.join();
  } catch (error) {
    if (codeOf(error) !== 'too-many-encoders') throw error;
    return attempt.refused(error);
  }
}

/** Of all renditions that are open for nobody. */
export function closeUnusedEncoders({
  hub,
  renditions,
  cameras,
}: Pick<MediaOpenerDeps, 'hub' | 'renditions' | 'cameras'>): void {
  hub.closeUnused((name, camera) => renditions.needsEncoder(name, cameras.get(camera)));
}

/** What the camera makes by itself. */
function cheaperThan(
  { renditions }: MediaOpenerDeps,
  { profile, format }: Rendition,
  camera: GatewayCamera | undefined,
): Rendition | undefined {
  if (format === 'mpeg1') return undefined;
  if (camera?.hasSub) return renditions.passedOn('sub');
  return camera?.deliver === 'transcode' ? undefined : renditions.passedOn(profile);
}

/** The camera's own small picture, which may be in another codec than its large one. */
function smallerThan(
  { renditions }: MediaOpenerDeps,
  { profile }: Rendition,
  camera: GatewayCamera | undefined,
): Rendition | undefined {
  return camera?.hasSub && profile === 'main' ? renditions.passedOn('sub') : undefined;
}

function refusal(cause: unknown, cheaper: Rendition | undefined): LiveViewError {
  const advice = cheaper ? `watch with quality ${cheaper.quality}` : 'ask again later';
  return new LiveViewError('too-many-encoders', `${describe(cause)}; ${advice}`, { cause });
}

/**
 * `auto` is the full picture; a camera without a small one has it made.
 *
 * @throws LiveViewError `format-not-supported`, `unknown-quality`, `quality-not-available`.
 */
function choose(
  { renditions }: MediaOpenerDeps,
  wish: MediaWish,
  camera: GatewayCamera | undefined,
): Rendition {
  const { quality } = wish;
  if (!wish.formats.includes('fmp4')) return notFmp4(renditions, wish, camera);
  if (quality === 'auto' || quality === 'main') return stream(renditions, 'main', camera);
  if (quality === 'sub' && camera?.hasSub !== false) return stream(renditions, 'sub', camera);
  const rung = renditions.rung(quality === 'sub' ? 'low' : quality);
  if (camera?.deliver !== 'passthrough') return rung;
  throw new LiveViewError(
    'quality-not-available',
    'the pictures of this camera are passed on as they are; watch with quality main or sub',
  );
}

/** There is one size of MPEG-1, whatever quality is asked for. */
function notFmp4(
  renditions: Renditions,
  { formats }: MediaWish,
  camera: GatewayCamera | undefined,
): Rendition {
  if (!formats.includes('mpeg1')) {
    throw new LiveViewError(
      'format-not-supported',
      'this gateway sends fragmented MP4 and MPEG-1; add "fmp4" or "mpeg1" to formats in hello',
    );
  }
  if (camera?.deliver !== 'passthrough') return renditions.mpeg1();
  throw new LiveViewError(
    'quality-not-available',
    'the pictures of this camera are passed on as they are; a player for fragmented MP4 is needed',
  );
}

/** @throws LiveViewError `quality-not-available`. */
function inH264(
  { renditions }: MediaOpenerDeps,
  { profile }: Rendition,
  camera: GatewayCamera | undefined,
): Rendition {
  if (camera?.deliver !== 'passthrough') return renditions.inH264(profile);
  throw new LiveViewError(
    'quality-not-available',
    'the pictures of this camera are passed on as they are, in no other codec',
  );
}

/** As the camera makes it, unless the configuration wants its pictures made anew. */
function stream(
  renditions: Renditions,
  profile: Profile,
  camera: GatewayCamera | undefined,
): Rendition {
  return camera?.deliver === 'transcode'
    ? renditions.inH264(profile)
    : renditions.passedOn(profile);
}
