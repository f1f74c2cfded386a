import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
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
import type { Rendition, Renditions } from './renditions.ts';
import type { SharedSource } from './shared-source.ts';

export interface FeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly cameras: { get(id: string): GatewayCamera | undefined };
  readonly renditions: Renditions;
  readonly encoders: Encoders;
  readonly hub: Pick<Hub, 'group' | 'keepWarm'>;
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
  const output = outputOf({ ...deps, log }, id, { ...rendition, rung: rendition.rung }, sink);
  const passedOn = deps.renditions.passedOn(rendition.profile).name;
  return openTranscoded({ ...deps, log }, { id, source, output, passedOn });
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
}

/**
 * The stream's own channel stays open meanwhile, at the cost of packaging: the group that it holds is
 * what a process begins with, the first as well as one that takes the place of a failed one.
 */
function openTranscoded(
  { clock, log, encoders, hub }: FeedDeps,
  { id, source, output, passedOn }: ToTranscode,
): Feed {
  const release = hub.keepWarm(id, passedOn);
  const giveBack = takeEncoder(encoders, release);
  const transcoder = new Transcoder({
    ...{ clock, log, output },
    groupBefore: (unit) => groupBefore(hub, id, passedOn, unit),
    requestKeyFrame: () => source.requestKeyFrame(),
  });
  source.attach(transcoder);
  return {
    close: async () => {
      giveBack();
      release();
      await source.detach(transcoder);
      await transcoder.stop();
    },
    requestKeyFrame: () => source.requestKeyFrame(),
  };
}

function takeEncoder(encoders: Encoders, onRefused: () => void): () => void {
  try {
    return encoders.take();
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
