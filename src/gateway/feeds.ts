import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { Packager } from '../video/fmp4/packager.ts';
import type { FragmentSink } from '../video/fragment.ts';
import type { Feed } from '../video/hub/hub.ts';
import type { Rung } from '../video/transcode/rung.ts';
import { Transcoder } from '../video/transcode/transcoder.ts';
import type { GatewayCamera } from './camera.ts';
import type { Renditions } from './renditions.ts';
import type { SharedSource } from './shared-source.ts';

export interface FeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly cameras: { get(id: string): GatewayCamera | undefined };
  readonly renditions: Renditions;
}

/**
 * What the hub opens for the first viewer of a rendition: the camera's stream packaged as it is, or
 * through the transcoder.
 */
export function openFeed(deps: FeedDeps, id: string, name: string, sink: FragmentSink): Feed {
  const camera = deps.cameras.get(id);
  if (!camera) throw new LiveViewError('unknown-camera', `there is no camera ${id}`);
  const { profile, rung } = deps.renditions.named(name);
  const log = deps.log.child({ camera: id, quality: name });
  const source = camera.source(profile);
  const packager = new Packager({ sink, log });
  return rung
    ? openTranscoded({ ...deps, log }, { name: `${id} ${name}`, source, rung, packager })
    : openPackaged(source, packager);
}

function openPackaged(source: SharedSource, packager: Packager): Feed {
  source.attach(packager);
  return {
    close: () => source.detach(packager),
    requestKeyFrame: () => source.requestKeyFrame(),
  };
}

interface ToTranscode {
  readonly name: string;
  readonly source: SharedSource;
  readonly rung: Rung;
  readonly packager: Packager;
}

function openTranscoded(
  { clock, log }: Pick<FeedDeps, 'clock' | 'log'>,
  { name, source, rung, packager }: ToTranscode,
): Feed {
  const transcoder = new Transcoder({
    ...{ name, clock, log, rung, sink: packager },
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
