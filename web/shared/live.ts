import type { ClientHandlers } from '../../src/client/index.ts';
import { LiveViewClient } from '../../src/client/index.ts';
import { playableCodecs, playerSwitch } from './player/player.ts';

/** `?player=` of this page, for trials with one kind of player. */
export const ONLY_PLAYER = playerSwitch(location.search);

/** A client of this page's own gateway, told what this browser can play. Not connected yet. */
export async function createLiveClient(
  name: string,
  handlers: ClientHandlers,
): Promise<LiveViewClient> {
  const codecs = await playableCodecs(ONLY_PLAYER);
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new LiveViewClient({
    url: `${scheme}//${location.host}/v1/live`,
    name,
    codecs,
    // MPEG-1 is decoded by our own means; it is larger and softer, so it comes last.
    formats: codecs.length > 0 ? ['fmp4'] : ['mpeg1'],
    ...handlers,
  });
}
