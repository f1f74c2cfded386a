import { Ending } from '../core/ending.ts';
import type { Account } from './account.ts';
import type { Caller } from './caller.ts';

/** Somebody who is logged in. */
export interface LoginState {
  readonly user: Account;
  readonly caller: Caller;
  readonly createdMs: number;
  usedMs: number;
  /** As it was when the file was written. */
  savedUsedMs: number;
  readonly ending: Ending;
}

interface LoginTerms extends Pick<Caller, 'side' | 'session' | 'certified'> {
  readonly address: string;
  readonly createdMs: number;
  readonly usedMs: number;
}

export function loginOf(
  user: Account,
  { side, address, session, certified, createdMs, usedMs }: LoginTerms,
): LoginState {
  const ending = new Ending();
  const caller: Caller = {
    user: user.username,
    role: user.role,
    ...('controlRoom' in user ? { controlRoom: user.controlRoom } : {}),
    ...('name' in user ? { name: user.name } : {}),
    ...(user.sites === undefined ? {} : { sites: user.sites }),
    ...{ address, side, session },
    ...(certified ? { certified } : {}),
    onEnd: (listener, isUse) => ending.add(listener, isUse),
  };
  return { user, caller, createdMs, usedMs, savedUsedMs: usedMs, ending };
}
