import type { Clock } from '../core/clock.ts';
import { describe, LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { AccessUnit } from '../video/access-unit.ts';
import { nalUnitsOf } from '../video/fmp4/media-fragment.ts';
import { Packager } from '../video/fmp4/packager.ts';
import type { FragmentSink } from '../video/fragment.ts';
import type { Feed, Hub } from '../video/hub/hub.ts';
import type { Encoders } from '../video/transcode/encoders.ts';
import { H264Output } from '../video/transcode/h264-output.ts';
import { Mpeg1Output } from '../video/transcode/mpeg1-output.ts';
import type { Output } from '../video/transcode/output.ts';
import type { Rung } from '../video/transcode/rung.ts';
import { type GroupPicture, Transcoder } from '../video/transcode/transcoder.ts';
import type { GatewayCamera } from './camera.ts';
import { type EncoderPlaces, PlacedSink } from './encoder-places.ts';
import type { Rendition, Renditions } from './renditions.ts';
import type { SharedSource } from './shared-source.ts';

export interface FeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly cameras: { get(id: string): GatewayCamera | undefined };
  readonly renditions: Renditions;
  readonly encoders: Pick<Encoders, 'chosen' | 'max'>;
  readonly places: Pick<EncoderPlaces, 'takeOfStream'>;
  readonly hub: Pick<Hub, 'group' | 'keepWarm' | 'end'>;
}

/**
 * What the hub opens for the first viewer of a rendition: the camera's stream packaged as it is, or
 * through the transcoder.
 *
 * @throws LiveViewError `unknown-camera`, `unknown-quality`, `too-many-encoders`.
 */
export function openFeed(deps: FeedDeps, id: string, name: string, sink: FragmentSink): Feed {
  const camera = deps.cameras.get(id);
  if (!camera) throw new LiveViewError('unknown-camera', `there is no camera ${id}`);
  const rendition = deps.renditions.named(name);
  const source = camera.source(rendition.profile);
  const log = deps.log.child({ camera: id, quality: name });
  if (!rendition.rung) return openPackaged(source, new Packager({ sink, log }));
  // The stream itself would take the only one.
  if (deps.encoders.max < 2 && camera.isMadeAnew(rendition.profile)) {
    throw needsTwo(rendition, `this gateway has ${deps.encoders.max}`);
  }
  const output = outputOf({ ...deps, log }, id, { ...rendition, rung: rendition.rung }, sink);
  const passedOn = deps.renditions.passedOn(rendition.profile).name;
  return openTranscoded(
    { ...deps, log },
    { id, source, output, passedOn, rendition, stream: camera.streamName(rendition.profile) },
  );
}

function outputOf(
  { clock, log, encoders }: Pick<FeedDeps, 'clock' | 'log' | 'encoders'>,
  id: string,
  { name, rung, format }: Rendition & { readonly rung: Rung },
  sink: FragmentSink,
): Output {
  const common = { name: `${id} ${name}`, clock, rung };
  if (format === 'mpeg1') return new Mpeg1Output({ ...common, sink });
  const packager = new Packager({ sink, log });
  return new H264Output({ ...common, encoder: encoders.chosen, sink: packager });
}

function openPackaged(source: SharedSource, packager: Packager): Feed {
  source.attach(packager);
  return {
    close: () => source.detach(packager),
    requestKeyFrame: () => source.requestKeyFrame(),
  };
}

interface ToTranscode {
  readonly id: string;
  readonly source: SharedSource;
  readonly output: Output;
  /** The channel of the stream of which it is made, as it comes. */
  readonly passedOn: string;
  readonly rendition: Rendition;
  /** What it is made of. */
  readonly stream: string;
}

/**
 * The stream's own channel stays open meanwhile, at the cost of packaging: the group that it holds is
 * what a process begins with, the first as well as one that takes the place of a failed one.
 */
function openTranscoded(
  { clock, log, places, hub }: FeedDeps,
  { id, source, output, passedOn, rendition, stream }: ToTranscode,
): Feed {
  const release = hub.keepWarm(id, passedOn);
  const place = orElse(() => places.takeOfStream(stream), release);
  const transcoder = new Transcoder({
    ...{ clock, log, output },
    groupBefore: (unit) => groupBefore(hub, id, passedOn, unit),
    requestKeyFrame: () => source.requestKeyFrame(),
  });
  const sink = new PlacedSink(transcoder, place, (error) => {
    const { message } = needsTwo(rendition, describe(error));
    const reason = `${message}${cheaper(rendition)}`;
    hub.end(id, rendition.name, { code: 'too-many-encoders', reason });
  });
  source.attach(sink);
  return {
    close: async () => {
      place.giveBack();
      release();
      await source.detach(sink);
      await transcoder.stop();
    },
    requestKeyFrame: () => source.requestKeyFrame(),
  };
}

/** Of a stream that costs an encoder itself. */
function needsTwo({ name }: Rendition, why: string): LiveViewError {
  return new LiveViewError(
    'too-many-encoders',
    `the camera sends neither H.264 nor H.265, so that ${name} takes two encoders: ${why}; ` +
      'choose H.264 in the camera, or raise transcode.maxEncoders',
  );
}

/** What its viewers have for one encoder. */
function cheaper({ quality, format, profile }: Rendition): string {
  return format === 'fmp4' && quality !== profile ? `; watch with quality ${profile}` : '';
}

function orElse<T>(take: () => T, onRefused: () => void): T {
  try {
    return take();
  } catch (error) {
    onRefused();
    throw error;
  }
}

/** Whether the channel has this picture already depends on who was attached first. */
function groupBefore(
  hub: Pick<Hub, 'group'>,
  camera: string,
  channel: string,
  { captureUnixUs }: AccessUnit,
): GroupPicture[] {
  return hub
    .group(camera, channel)
    .filter((media) => media.captureUnixUs < captureUnixUs && !media.leading)
    .map(({ keyFrame, captureUnixUs, bytes }) => {
      return { keyFrame, captureUnixUs, nalUnits: nalUnitsOf(bytes) };
    });
}
