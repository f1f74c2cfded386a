import type { Actor } from '../journal/record.ts';
import type { Hold } from './hold-rules.ts';
import type { ReasonCode } from './reasons.ts';

/** What the journal says of one camera at the desk. */
export interface CameraDesk {
  readonly hold: Hold | undefined;
  /** Incidents within which it was moved since it was at its place; the last one last. */
  readonly movedIn: readonly string[];
  /** It did not return to its place, and nobody has moved it since. */
  readonly astray: Astray | undefined;
  /** What was switched on at it and, for all that is known, still is. */
  readonly outputs: readonly OutputOn[];
}

/** Something that hangs on a relay output of the camera is on. */
export interface OutputOn {
  readonly output: string;
  /** By which it was asked for. */
  readonly request: string;
  readonly actor: Actor;
  readonly incident: string | null;
  /** RFC 3339 UTC. */
  readonly since: string;
  /** Why the camera did not confirm what it was told last, for the operator: it may be on or off. */
  readonly failed?: string;
  /** Absent of what was switched on before this was recorded. */
  readonly contact?: OutputContact;
}

/** What has to be known of an output to switch it off when it is configured no longer. */
export interface OutputContact {
  /** As the camera calls it; absent for the only one that it has. */
  readonly token?: string;
  /** A gate that only people close. */
  readonly leftOpen?: true;
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

export const UNTOUCHED: CameraDesk = {
  hold: undefined,
  movedIn: [],
  astray: undefined,
  outputs: [],
};

/** Whether there is nothing to say of it, as of a camera that nobody ever moved. */
export function isUntouched({ hold, movedIn, astray, outputs }: CameraDesk): boolean {
  return !hold && !astray && movedIn.length === 0 && outputs.length === 0;
}
