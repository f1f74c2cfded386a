import type { DirectoryPerson } from './openid/person.ts';
import type { CallerRole } from './role.ts';
import { sideOf } from './role.ts';
import type { User } from './users.ts';

/** Whoever logs in: a local user, or somebody of the directory. */
export type Account = User | DirectoryPerson;

export function isOfDirectory(account: Account): account is DirectoryPerson {
  return 'terms' in account;
}

/** As a login of it is kept. */
export function storedAccount(account: Account) {
  if (isOfDirectory(account)) return { person: account };
  const { username, createdAt, changedAt } = account;
  return { username, userCreatedAt: createdAt, userChangedAt: changedAt };
}

/** Whether nothing changed that a login rests on. */
export function isSame(user: User, before: User): boolean {
  return (
    user.changedAt === before.changedAt &&
    user.createdAt === before.createdAt &&
    user.role === before.role &&
    user.controlRoom === before.controlRoom
  );
}

/** What the configuration asks of those who log in with a password. */
export interface LocalTerms {
  /** Whether they get in at the centre. */
  readonly localUsers?: boolean;
  /** Whose role this is does not get in without a second factor. */
  readonly secondFactorFor?: readonly CallerRole[];
}

export function fulfils(user: User, { localUsers, secondFactorFor }: LocalTerms = {}): boolean {
  if (localUsers === false && sideOf(user) === 'centre') return false;
  return user.secondFactor === true || !secondFactorFor?.includes(user.role);
}
