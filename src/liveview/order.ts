import type { Actor } from '../journal/record.ts';
import type { Command } from './command.ts';

/** Something to be done to a camera, on somebody's behalf. */
export interface Order {
  readonly request: string;
  readonly incident: string | null;
  readonly camera: string;
  readonly actor: Actor;
  readonly command: Command;
}
