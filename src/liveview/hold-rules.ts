import type { Actor } from '../journal/record.ts';
import { isPolice } from './sharing.ts';

/** Somebody's hold on a camera: nobody else moves it meanwhile. */
export interface Hold {
  readonly camera: string;
  readonly actor: Actor;
  /** For which it was taken. */
  readonly incident: string | null;
  /** RFC 3339 UTC. */
  readonly since: string;
  /** The request by which it was taken in so many words; absent when it was taken by moving. */
  readonly request?: string;
}

/** What somebody who wants a camera finds. */
export type Claim = 'free' | 'own' | 'take-over' | 'taken';

/** The centre takes over from a control room; among equals the first one keeps it. */
export function claim(holder: Actor | undefined, actor: Actor): Claim {
  if (!holder) return 'free';
  if (isSame(holder, actor)) return 'own';
  return rankOf(actor) > rankOf(holder) ? 'take-over' : 'taken';
}

/** The same person of the same control room; a second login of theirs counts as the same. */
export function isSame(a: Pick<Actor, 'user' | 'controlRoom'>, b: typeof a): boolean {
  return a.user === b.user && a.controlRoom === b.controlRoom;
}

/** What the gateway does of its own accord gives way to every person. */
function rankOf(actor: Actor): number {
  if (actor.role === 'gateway') return 0;
  return isPolice(actor) ? 1 : 2;
}
