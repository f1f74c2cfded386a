import type { Caller } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { may } from '../access/permissions.ts';
import { LiveViewError } from '../core/errors.ts';
import { NOT_SHARED } from './problem.ts';

/** @throws LiveViewError `unauthenticated`. */
export function identified(caller: Caller | undefined): Caller {
  if (caller) return caller;
  throw new LiveViewError('unauthenticated', 'log in first, or send a bearer token');
}

/** @throws LiveViewError `not-allowed`; to the police side `not-shared`. */
export function checkMay(caller: Caller, action: Action): void {
  if (may(caller, action)) return;
  if (caller.side === 'police') throw NOT_SHARED;
  throw new LiveViewError('not-allowed', `the role ${caller.role} may not do this`);
}
