import { JsmpegPlayer } from './jsmpeg-player.ts';
import { MsePlayer, mseCan } from './mse-player.ts';
import type { PicturePlayer, PlayerHooks, PlayerKind } from './picture-player.ts';
import { WebCodecsPlayer, webCodecsCan } from './webcodecs-player.ts';

/**
 * Usual codecs, most wanted first: the gateway is told which of them this browser can play. H.265: Main
 * and Main 10, at a level for 1080p and one for 4K.
 */
const CODECS = [
  'avc1.640028',
  'avc1.640033',
  'avc1.4d0028',
  'avc1.42e01f',
  'hvc1.1.6.L120.b0',
  'hvc1.1.6.L150.b0',
  'hvc1.2.4.L120.b0',
  'hvc1.2.4.L150.b0',
] as const;

/** MPEG-1 video, which the gateway makes for whoever plays nothing else. */
const MPEG1 = 'mp4v.6A';

/**
 * The kinds of player that can play this codec here, best first. WebCodecs exists only in a secure
 * context (https, or loopback).
 */
export async function playersFor(codec: string, only?: PlayerKind): Promise<PlayerKind[]> {
  const kinds: PlayerKind[] = [];
  const mayBe = (kind: PlayerKind) => only === undefined || only === kind;
  if (codec === MPEG1) return mayBe('jsmpeg') ? ['jsmpeg'] : [];
  if (mayBe('webcodecs') && (await webCodecsCan(codec))) kinds.push('webcodecs');
  if (mayBe('mse') && mseCan(codec)) kinds.push('mse');
  return kinds;
}

export function createPlayer(kind: PlayerKind, hooks: PlayerHooks): PicturePlayer {
  if (kind === 'jsmpeg') return new JsmpegPlayer(hooks);
  return kind === 'webcodecs' ? new WebCodecsPlayer(hooks) : new MsePlayer(hooks);
}

export async function playableCodecs(only?: PlayerKind): Promise<string[]> {
  const playable: string[] = [];
  for (const codec of CODECS) {
    if ((await playersFor(codec, only)).length > 0) playable.push(codec);
  }
  return playable;
}

/** `?player=mse`, `webcodecs` or `jsmpeg` in the address forces one kind. */
export function playerSwitch(search: string): PlayerKind | undefined {
  const value = new URLSearchParams(search).get('player');
  return value === 'mse' || value === 'webcodecs' || value === 'jsmpeg' ? value : undefined;
}
