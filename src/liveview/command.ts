import type { RequestAction } from './model.ts';

/**
 * What the desk can make a camera do; the arguments are in the camera's own range (−1…1). `take` sends
 * nothing: whoever asks has the camera from then on.
 */
export type Command =
  | { readonly kind: 'move'; readonly args: AxisValues }
  | { readonly kind: 'goto'; readonly args: AxisValues }
  | { readonly kind: 'preset'; readonly args: { readonly preset: string } }
  | { readonly kind: 'home'; readonly args: Readonly<Record<string, never>> }
  | { readonly kind: 'take'; readonly args: Readonly<Record<string, never>> };

/** An axis that is absent is left as it is. */
export interface AxisValues {
  readonly pan?: number;
  readonly tilt?: number;
  readonly zoom?: number;
}

/** What a camera can do, as far as a command needs it. */
export interface Abilities {
  readonly continuous: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly absolute: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly home: boolean;
  readonly presets: readonly { readonly token: string; readonly name?: string }[];
}

/** The command in a request, whose arguments were checked when it was made; none for what moves no camera. */
export function commandOf(
  action: RequestAction,
  args: Readonly<Record<string, unknown>>,
): Command | undefined {
  const { pan, tilt, zoom, preset } = args;
  switch (action) {
    case 'ptz.move':
    case 'ptz.zoom':
      return { kind: 'move', args: axisValues(pan, tilt, zoom) };
    case 'ptz.goto':
      return { kind: 'goto', args: axisValues(pan, tilt, zoom) };
    case 'ptz.preset':
      return { kind: 'preset', args: { preset: String(preset) } };
    case 'ptz.home':
      return { kind: 'home', args: {} };
    case 'ptz.take':
      return { kind: 'take', args: {} };
    case 'relay.set':
    case 'camera.switch':
    case 'plan.show':
    case 'view':
    case 'note':
      return undefined;
  }
}

/** Why the camera cannot do it, in words for whoever asked; undefined when it can. */
export function lacking(abilities: Abilities, command: Command): string | undefined {
  switch (command.kind) {
    case 'move':
      return lackingAxis(abilities.continuous, command.args);
    case 'goto':
      if (lackingAxis(abilities.absolute, command.args) === undefined) return undefined;
      return 'this camera cannot be sent to a position';
    case 'preset': {
      const { preset } = command.args;
      if (abilities.presets.some((each) => each.token === preset)) return undefined;
      return `this camera has no preset ${preset}`;
    }
    case 'home':
      return abilities.home ? undefined : 'this camera has no home position';
    case 'take':
      return isMovable(abilities) ? undefined : CANNOT_BE_MOVED;
  }
}

export const CANNOT_BE_MOVED = 'this camera cannot be moved';

function isMovable({ continuous, absolute, home, presets }: Abilities): boolean {
  const axes = [continuous, absolute].some(({ panTilt, zoom }) => panTilt || zoom);
  return axes || home || presets.length > 0;
}

function lackingAxis(axes: Abilities['continuous'], args: AxisValues): string | undefined {
  const turns = args.pan !== undefined || args.tilt !== undefined;
  if (turns && !axes.panTilt) return 'this camera cannot turn';
  if (args.zoom !== undefined && !axes.zoom) return 'this camera cannot zoom';
  return undefined;
}

function axisValues(pan: unknown, tilt: unknown, zoom: unknown): AxisValues {
  return {
    ...(typeof pan === 'number' ? { pan } : {}),
    ...(typeof tilt === 'number' ? { tilt } : {}),
    ...(typeof zoom === 'number' ? { zoom } : {}),
  };
}
