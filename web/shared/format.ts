import type { CameraView, LiveRequest } from '../../src/client/index.ts';
import { switchingText } from './outputs.ts';
import type { Texts } from './texts-nl.ts';

/** `14:03:27`, local time. */
export function clockTime(time: string | number): string {
  return new Date(time).toLocaleTimeString('nl-NL', { hour12: false });
}

/** `59:07` or `1:02:03`; never negative. */
export function timeLeft(expiresAt: string, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(expiresAt) - nowMs) / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `43 ms`, `2,4 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace('.', ',')} s`;
  return `${Math.floor(ms / 60_000)} min`;
}

export type RequestNames = Readonly<
  Record<'camera' | 'preset' | 'plan', (id: string) => string>
> & {
  /** The camera of the request, where it is known. */
  readonly at?: CameraView | undefined;
};

/** What is asked, for people: `Camera bewegen: links, inzoomen`, `Sirene aan (Winkel)`. */
export function requestText(
  { action, args }: Pick<LiveRequest, 'action' | 'args'>,
  texts: Texts,
  names: RequestNames,
): string {
  if (action === 'relay.set') return switchingText({ args }, names.at, texts);
  const what = texts.actions[action];
  if (action === 'ptz.move' || action === 'ptz.zoom') {
    const ways = directions(args, texts);
    return ways === '' ? what : `${what}: ${ways}`;
  }
  if (action === 'ptz.preset') return `${what}: ${names.preset(String(args['preset']))}`;
  if (action === 'camera.switch' || action === 'plan.show') {
    const tile = texts.tile(Number(args['tile']) + 1);
    const { camera, plan } = args;
    const name = action === 'plan.show' ? names.plan(String(plan)) : names.camera(String(camera));
    return `${what}: ${name} (${tile.toLowerCase()})`;
  }
  return what;
}

function directions(args: LiveRequest['args'], { directions: words }: Texts): string {
  const way = (axis: string, negative: string, positive: string) => {
    const value = Number(args[axis] ?? 0);
    return value < 0 ? [negative] : value > 0 ? [positive] : [];
  };
  return [
    ...way('pan', words.left, words.right),
    ...way('tilt', words.down, words.up),
    ...way('zoom', words.zoomOut, words.zoomIn),
  ].join(', ');
}

/** Whether what is asked says by itself of which camera. */
export function namesCamera({ action }: Pick<LiveRequest, 'action'>): boolean {
  return action === 'camera.switch' || action === 'relay.set';
}
