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
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new LiveViewClient({
    url: `${scheme}//${location.host}/v1/live`,
    name,
    codecs: await playableCodecs(ONLY_PLAYER),
    ...handlers,
  });
}
