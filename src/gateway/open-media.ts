import { LiveViewError } from '../core/errors.ts';
import type { MediaWish, OpenMedia } from '../server/deps.ts';
import type { ChannelQuality, Hub } from '../video/hub/hub.ts';
import type { GatewayCamera } from './camera.ts';

/** The one function through which the listeners reach video: a permit becomes fragments. */
export function mediaOpener(
  hub: Hub,
  cameras: { get(id: string): GatewayCamera | undefined },
  ffmpeg: { require(): void },
): OpenMedia {
  return (permit, wish, listener) => {
    const quality = chooseQuality(wish, cameras.get(permit.camera));
    if (quality === 'low') ffmpeg.require();
    const reader = hub.join(permit, quality, listener);
    return { quality, next: () => reader.next(), close: () => reader.close() };
  };
}

/** `auto` is the full picture; a camera without a small one has it made. */
function chooseQuality(wish: MediaWish, camera: GatewayCamera | undefined): ChannelQuality {
  if (!wish.formats.includes('fmp4')) {
    throw new LiveViewError(
      'format-not-supported',
      'this gateway sends fragmented MP4; add "fmp4" to formats in hello',
    );
  }
  if (wish.quality === 'auto') return 'main';
  if (wish.quality === 'sub' && camera?.hasSub === false) return 'low';
  return wish.quality;
}
