import type { Actor } from '../journal/record.ts';
import type { OutputInfo } from './model.ts';

/** Something to be switched, on somebody's behalf. */
export interface OutputOrder {
  readonly request: string;
  readonly incident: string | null;
  readonly camera: string;
  readonly actor: Actor;
  readonly output: OutputInfo;
  readonly on: boolean;
}

/** Whether it stays on, as a request that runs, until something ends it. */
export function lasts(output: OutputInfo): boolean {
  return output.pulseMs === undefined && !isLeftOpen(output);
}

/** A gate that is held open by its contact: it does not close on somebody because an incident did. */
export function isLeftOpen({ kind, pulseMs }: OutputInfo): boolean {
  return kind === 'gate' && pulseMs === undefined;
}

/** What is switched: of two orders for it the newer one counts. */
export function keyOf({ camera, output }: Pick<OutputOrder, 'camera' | 'output'>): string {
  return `${camera} ${output.id}`;
}
