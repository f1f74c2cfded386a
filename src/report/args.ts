import type { JsonObject } from '../journal/record.ts';
import type { Phrasing } from './context.ts';
import { count, text } from './fields.ts';

/** Velocities or positions of a movement, −1 … 1. */
const AXES = ['pan', 'tilt', 'zoom'] as const;

/** What exactly was asked or ordered: which direction, preset, tile, plan or output. */
export function argsInWords(args: JsonObject, say: Phrasing): string {
  const { words } = say;
  const camera = text(args, 'camera');
  const plan = text(args, 'plan');
  const tile = count(args, 'tile');
  const on = args['on'];
  const parts = [
    ...AXES.map((axis) => moved(words.axes[axis], count(args, axis), say)),
    named(words.preset, text(args, 'preset')),
    text(args, 'output'),
    typeof on === 'boolean' ? switched(on, say) : undefined,
    camera === undefined ? undefined : say.camera(camera),
    plan === undefined ? undefined : (say.names.plan?.(plan) ?? plan),
    tile === undefined ? undefined : named(words.tile, String(tile + 1)),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

export function switched(on: boolean, { words }: Phrasing): string {
  return on ? words.switchedOn : words.switchedOff;
}

function named(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name} ${value}`;
}

function moved(axis: string, value: number | undefined, say: Phrasing): string | undefined {
  return value === undefined || value === 0 ? undefined : `${axis} ${say.number(value)}`;
}
