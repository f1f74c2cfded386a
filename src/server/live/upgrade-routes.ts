import type { Side } from '../../access/caller.ts';
import type { Action } from '../../access/permissions.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { MediaWish } from '../deps.ts';
import { listedCodecs } from './listed-codecs.ts';
import type { WatchTarget } from './watch.ts';

/** What can be upgraded. The live socket may be opened by anybody: it asks for its hello. */
export const UPGRADES = [
  { path: '/v1/live', sides: ['centre', 'police'], action: 'session.open' },
  { path: '/v1/cameras/{camera}/live.ws', sides: ['centre'], action: 'camera.watch' },
  {
    path: '/v1/incidents/{incident}/cameras/{camera}/live.ws',
    sides: ['police'],
    action: 'camera.watch',
  },
] as const satisfies readonly { path: string; sides: readonly Side[]; action: Action }[];

export interface Matched {
  readonly action: Action;
  /** What is watched; undefined for the live socket. */
  readonly target: WatchTarget | undefined;
  /** Of `?codecs=`. */
  readonly codecs: MediaWish['codecs'];
}

/** @throws LiveViewError `not-found`. */
export function matchUpgrade(side: Side, url: string): Matched {
  const [path = '', search] = url.split('?', 2);
  const codecs = listedCodecs(new URLSearchParams(search).get('codecs') ?? undefined);
  for (const upgrade of UPGRADES) {
    if (!upgrade.sides.some((each) => each === side)) continue;
    const names = matchPath(upgrade.path, path);
    if (!names) continue;
    const { camera, incident } = names;
    const target = camera === undefined ? undefined : { camera, incident: incident ?? null };
    return { action: upgrade.action, target, codecs };
  }
  throw new LiveViewError('not-found', 'there is nothing to connect to here');
}

/** `/a/{x}` and `/a/b%20c` → `{ x: 'b c' }`; undefined when the path is another. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decode(found[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== value : !value) return undefined;
    if (name !== undefined && value) names[name] = value;
  }
  return names;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
