import type { Caller } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { may } from '../access/permissions.ts';
import { codeOf, LiveViewError } from '../core/errors.ts';
import type { Asked, Identify } from './identify.ts';
import { NOT_SHARED } from './problem.ts';

/** @throws LiveViewError `unauthenticated`. */
export function identified<T>(who: T | undefined): T {
  if (who) return who;
  throw new LiveViewError('unauthenticated', 'log in first, or send a bearer token');
}

/** @throws LiveViewError `not-allowed`; to the police side `not-shared`. */
export function checkMay(caller: Caller, action: Action): void {
  if (may(caller, action)) return;
  if (caller.side === 'police') throw NOT_SHARED;
  throw new LiveViewError('not-allowed', `the role ${caller.role} may not do this`);
}

/** Who asks, whatever they may do. */
export function whoAsks(identify: Identify, request: Asked): Caller | undefined {
  try {
    return identify.caller(request.headers, identify.connection(request));
  } catch {
    // It is said why when they are answered.
    return undefined;
  }
}

/** Who asks, when they say so and may do this. A token that does not hold is nobody's, nor is a cookie on a page elsewhere. */
export function whoMay(identify: Identify, request: Asked, action: Action): Caller | undefined {
  try {
    const caller = identify.caller(request.headers, identify.connection(request));
    return caller && may(caller, action) ? caller : undefined;
  } catch (error) {
    if (['unauthenticated', 'origin-not-allowed'].includes(codeOf(error))) return undefined;
    throw error;
  }
}
