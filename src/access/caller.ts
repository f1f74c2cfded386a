import { LiveViewError } from '../core/errors.ts';
import type { Actor, Role } from '../journal/record.ts';

/** Which listener a caller came in by. What it may do follows from this and from its role. */
export type Side = 'centre' | 'police';

/** Somebody whose identity has been established. */
export interface Caller extends Actor {
  readonly role: Exclude<Role, 'gateway'>;
  readonly side: Side;
  /** The sites that it is limited to; absent: all. */
  readonly sites?: readonly string[];
  /** A login that was made on a connection whose certificate stands for its control room; it holds on no other. */
  readonly certified?: true;
  /** As the directory calls a person of it, for people to read. It identifies nobody. */
  readonly name?: string;
  /** Names this login or token use in the journal; not a credential. */
  readonly session: string;
  /**
   * Calls `listener` once when the session is ended (logged out, revoked, expired). Until it is forgotten the session
   * is in use, and does not end for want of it, unless `isUse` is false. Returns how to forget it.
   */
  onEnd(listener: () => void, isUse?: boolean): () => void;
}

/** The caller as the journal remembers it. */
export function actorOf({ user, role, controlRoom, address }: Caller): Actor {
  return {
    user,
    role,
    ...(controlRoom === undefined ? {} : { controlRoom }),
    ...(address === undefined ? {} : { address }),
  };
}

/** @throws LiveViewError `session-ended` once the login or token of the caller is over. */
export function whileIn<T>(caller: Caller, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = caller.onEnd(() => reject(sessionEnded()));
    work.finally(() => forget()).then(resolve, reject);
  });
}

export function sessionEnded(): LiveViewError {
  return new LiveViewError('session-ended', 'this login or token has ended');
}
