import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { Packager } from '../video/fmp4/packager.ts';
import type { FragmentSink } from '../video/fragment.ts';
import type { ChannelQuality, Feed } from '../video/hub/hub.ts';
import { Transcoder } from '../video/transcode/transcoder.ts';
import type { GatewayCamera, Profile } from './camera.ts';

export interface FeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly cameras: { get(id: string): GatewayCamera | undefined };
}

/**
 * What the hub opens for the first viewer of a camera and quality: the camera's stream packaged as
 * it is, or through the transcoder.
 */
export function openFeed(
  deps: FeedDeps,
  id: string,
  quality: ChannelQuality,
  sink: FragmentSink,
): Feed {
  const camera = deps.cameras.get(id);
  if (!camera) throw new LiveViewError('unknown-camera', `there is no camera ${id}`);
  const log = deps.log.child({ camera: id, quality });
  const packager = new Packager({ sink, log });
  return quality === 'low'
    ? openTranscoded(deps, camera, packager, log)
    : openPackaged(camera, quality, packager);
}

function openPackaged(camera: GatewayCamera, profile: Profile, packager: Packager): Feed {
  const source = camera.source(profile);
  source.attach(packager);
  return {
    close: () => source.detach(packager),
    requestKeyFrame: () => source.requestKeyFrame(),
  };
}

/** The low rung is made of the full picture: that stream is likely to be pulled already. */
function openTranscoded(
  deps: FeedDeps,
  camera: GatewayCamera,
  packager: Packager,
  log: Logger,
): Feed {
  const source = camera.source('main');
  const transcoder = new Transcoder({
    name: camera.id,
    clock: deps.clock,
    log,
    sink: packager,
    requestKeyFrame: () => source.requestKeyFrame(),
  });
  source.attach(transcoder);
  return {
    close: async () => {
      await source.detach(transcoder);
      await transcoder.stop();
    },
    requestKeyFrame: () => source.requestKeyFrame(),
  };
}
