import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { AccessLog } from './access-log.ts';
import { NO_ACCESS_LOG } from './access-log.ts';
import type { HashCost, PasswordHash } from './password.ts';
import { decoyHash, HASH_COST, hashPassword, passwordHash, verifyPassword } from './password.ts';
import type { CallerRole } from './role.ts';
import { accountName, checkAccount, checkPerson, controlRoomId, role } from './role.ts';
import { checkSites, siteIds } from './site-limit.ts';
import { StateFile } from './state-file.ts';

/** A person who logs in with a name and a password. */
export interface User {
  readonly username: string;
  readonly role: CallerRole;
  /** Only, and always, for those of a control room. */
  readonly controlRoom?: string;
  /** Those that it is limited to; absent: all. */
  readonly sites?: readonly string[];
  readonly createdAt: string;
  /** Changes with the password and the sites; logins made before it are over. */
  readonly changedAt: string;
}

export interface NewUser {
  readonly username: string;
  readonly password: Secret;
  readonly role: CallerRole;
  readonly controlRoom?: string;
  readonly sites?: readonly string[];
}

export interface UserStoreOptions {
  /** Where changes are recorded before they are made. */
  readonly accessLog?: AccessLog;
  readonly cost?: HashCost;
}

const storedUser = z.strictObject({
  username: accountName,
  role,
  controlRoom: controlRoomId.exactOptional(),
  sites: siteIds.exactOptional(),
  createdAt: z.string(),
  changedAt: z.string(),
  password: passwordHash,
});
type StoredUser = z.output<typeof storedUser>;
const usersFile = z.strictObject({ version: z.literal(1), users: z.array(storedUser) });
type UsersFile = z.output<typeof usersFile>;

/**
 * The users in `users.json` of the data directory. Names are compared without regard to case. The
 * file may be changed by another process at any time; every call looks.
 */
export class UserStore {
  readonly #file: StateFile<UsersFile>;
  readonly #clock: Clock;
  readonly #log: AccessLog;
  readonly #cost: HashCost;
  readonly #decoy: PasswordHash;

  constructor(dataDir: string, clock: Clock, options: UserStoreOptions = {}) {
    this.#file = new StateFile(join(dataDir, 'users.json'), usersFile, { version: 1, users: [] });
    this.#clock = clock;
    this.#log = options.accessLog ?? NO_ACCESS_LOG;
    this.#cost = options.cost ?? HASH_COST;
    this.#decoy = decoyHash(this.#cost);
  }

  /**
   * @throws LiveViewError `user-exists`, `bad-name`, `password-too-short`, `password-too-long`,
   * `role-of-programs`, `role-needs-control-room`, `role-without-control-room`, `bad-control-room`,
   * `role-without-sites`, `bad-site`.
   */
  async add({ username, password, role, controlRoom, sites }: NewUser): Promise<User> {
    checkAccount(username, role, controlRoom);
    checkPerson(role);
    const limit = checkSites(role, sites);
    if (this.find(username)) throw userExists(username);
    const hash = await hashPassword(password, this.#cost);
    const at = rfc3339(this.#clock.unixUs());
    const room = controlRoom === undefined ? {} : { controlRoom };
    const terms = { username, role, ...room, ...limit };
    const user = { ...terms, createdAt: at, changedAt: at, password: hash };
    this.#change((users) => {
      if (users.some(isNamed(username))) throw userExists(username);
      this.#log('user.added', { user: username, role, ...room, ...limit });
      return [...users, user];
    });
    return withoutPassword(user);
  }

  list(): User[] {
    return this.#file.read().users.map(withoutPassword);
  }

  find(username: string): User | undefined {
    const found = this.#file.read().users.find(isNamed(username));
    return found && withoutPassword(found);
  }

  /** @throws LiveViewError `unknown-user`. */
  remove(username: string): void {
    this.#change((users) => {
      if (!users.some(isNamed(username))) throw unknownUser(username);
      this.#log('user.removed', { user: username });
      return users.filter((user) => !isNamed(username)(user));
    });
  }

  /** @throws LiveViewError `unknown-user`, `password-too-short`, `password-too-long`. */
  async setPassword(username: string, password: Secret): Promise<void> {
    if (!this.find(username)) throw unknownUser(username);
    const hash = await hashPassword(password, this.#cost);
    const changedAt = rfc3339(this.#clock.unixUs());
    this.#change((users) => {
      if (!users.some(isNamed(username))) throw unknownUser(username);
      this.#log('user.password-changed', { user: username });
      return users.map((user) =>
        isNamed(username)(user) ? { ...user, changedAt, password: hash } : user,
      );
    });
  }

  /**
   * Limits somebody to sites, or no longer; ends their logins.
   *
   * @throws LiveViewError `unknown-user`, `role-without-sites`, `bad-site`.
   */
  setSites(username: string, sites: readonly string[] | undefined): void {
    const changedAt = rfc3339(this.#clock.unixUs());
    this.#change((users) => {
      const found = users.find(isNamed(username));
      if (!found) throw unknownUser(username);
      const limit = checkSites(found.role, sites);
      this.#log('user.sites-changed', { user: found.username, sites: limit.sites ?? null });
      const { sites: _, ...rest } = found;
      return users.map((user) => (user === found ? { ...rest, ...limit, changedAt } : user));
    });
  }

  /** Who this is, or undefined; an unknown name takes as long as a wrong password. */
  async authenticate(username: string, password: Secret): Promise<User | undefined> {
    const user = this.#file.read().users.find(isNamed(username));
    const right = await verifyPassword(password, user?.password ?? this.#decoy);
    return user && right ? withoutPassword(user) : undefined;
  }

  #change(change: (users: readonly StoredUser[]) => StoredUser[]): void {
    this.#file.update(({ users }) => ({ version: 1, users: change(users) }));
  }
}

function isNamed(username: string): (user: StoredUser) => boolean {
  const name = username.toLowerCase();
  return (user) => user.username.toLowerCase() === name;
}

function withoutPassword({ password: _, ...user }: StoredUser): User {
  return user;
}

function userExists(username: string): LiveViewError {
  return new LiveViewError(
    'user-exists',
    `there is a user ${username} already; remove it first, or change its password`,
  );
}

function unknownUser(username: string): LiveViewError {
  return new LiveViewError(
    'unknown-user',
    `there is no user ${username}; \`liveview user list\` shows those there are`,
  );
}
