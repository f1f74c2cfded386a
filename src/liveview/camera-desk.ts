import type { Hold } from './hold-rules.ts';
import type { ReasonCode } from './reasons.ts';

/** What the journal says of one camera at the desk. */
export interface CameraDesk {
  readonly hold: Hold | undefined;
  /** Incidents within which it was moved since it was at its place; the last one last. */
  readonly movedIn: readonly string[];
  /** It did not return to its place, and nobody has moved it since. */
  readonly astray: Astray | undefined;
}

export interface Astray {
  /** For the operator: as exact as it can be said. */
  readonly reason: string;
  /** RFC 3339 UTC. */
  readonly since: string;
}

/** One of them has changed. */
export interface CameraChange {
  readonly camera: string;
  readonly before: CameraDesk;
  readonly now: CameraDesk;
  /** Why nobody has it any more. */
  readonly why?: ReasonCode;
}

export const UNTOUCHED: CameraDesk = { hold: undefined, movedIn: [], astray: undefined };

/** Whether there is nothing to say of it, as of a camera that nobody ever moved. */
export function isUntouched({ hold, movedIn, astray }: CameraDesk): boolean {
  return !hold && !astray && movedIn.length === 0;
}
