import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { AccessLog } from './access-log.ts';
import { NO_ACCESS_LOG } from './access-log.ts';
import type { HashCost } from './password.ts';
import {
  decoyHash,
  HASH_COST,
  hashPassword,
  isOutdated,
  passwordHash,
  verifyPassword,
} from './password.ts';
import { checkPassword } from './password-policy.ts';
import type { CallerRole } from './role.ts';
import { accountName, checkAccount, checkPerson, controlRoomId, role } from './role.ts';
import { enrol, secondFactor, spend } from './second-factor.ts';
import { checkNoToken } from './shared-names.ts';
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
  /** Changes with the password, the second factor and the sites; logins made before it are over. */
  readonly changedAt: string;
  /** A code of an app is needed besides the password. */
  readonly secondFactor?: true;
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
  secondFactor: secondFactor.exactOptional(),
});
type StoredUser = z.output<typeof storedUser>;
const usersFile = z.strictObject({ version: z.literal(1), users: z.array(storedUser) });
type UsersFile = z.output<typeof usersFile>;

/**
 * The users in `users.json` of the data directory. Names are compared without regard to case. The
 * file may be changed by another process at any time; every call looks.
 */
export class UserStore {
  readonly #dataDir: string;
  readonly #file: StateFile<UsersFile>;
  readonly #clock: Clock;
  readonly #log: AccessLog;
  readonly #cost: HashCost;

  constructor(dataDir: string, clock: Clock, options: UserStoreOptions = {}) {
    this.#dataDir = dataDir;
    this.#file = new StateFile(join(dataDir, 'users.json'), usersFile, { version: 1, users: [] });
    this.#clock = clock;
    this.#log = options.accessLog ?? NO_ACCESS_LOG;
    this.#cost = options.cost ?? HASH_COST;
  }

  /**
   * @throws LiveViewError `user-exists`, `name-of-token`, `bad-name`, `password-too-short`, `password-too-long`, `password-too-common`,
   * `role-of-programs`, `role-needs-control-room`, `role-without-control-room`, `bad-control-room`,
   * `role-without-sites`, `bad-site`.
   */
  async add({ username, password, role, controlRoom, sites }: NewUser): Promise<User> {
    checkAccount(username, role, controlRoom);
    checkPerson(role);
    const limit = checkSites(role, sites);
    if (this.find(username)) throw userExists(username);
    checkNoToken(this.#dataDir, username);
    checkPassword(password, username);
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
  get(username: string): User {
    const found = this.find(username);
    if (!found) throw unknownUser(username);
    return found;
  }

  /** @throws LiveViewError `unknown-user`. */
  remove(username: string): void {
    this.#change((users) => {
      if (!users.some(isNamed(username))) throw unknownUser(username);
      this.#log('user.removed', { user: username });
      return users.filter((user) => !isNamed(username)(user));
    });
  }

  /** @throws LiveViewError `unknown-user`, `password-too-short`, `password-too-long`, `password-too-common`. */
  async setPassword(username: string, password: Secret): Promise<void> {
    if (!this.find(username)) throw unknownUser(username);
    checkPassword(password, username);
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

  /**
   * Gives somebody a second factor, in place of the one they had; ends their logins.
   *
   * @param code of the app, which shows that it has the secret.
   * @returns recovery codes, which cannot be had again.
   * @throws LiveViewError `unknown-user`, `second-factor-wrong`.
   */
  setSecondFactor(username: string, secret: string, code: string): readonly string[] {
    const enrolled = enrol(secret, code, this.#unixMs);
    if (!enrolled) throw wrongCode();
    this.#alter(username, 'user.second-factor-set', (user) => ({
      ...user,
      secondFactor: enrolled.factor,
    }));
    return enrolled.recoveryCodes;
  }

  /** @throws LiveViewError `unknown-user`. */
  removeSecondFactor(username: string): void {
    this.#alter(username, 'user.second-factor-removed', ({ secondFactor: _, ...user }) => user);
  }

  /** Ends what somebody has open. @throws LiveViewError `unknown-user`. */
  logOut(username: string): void {
    this.#alter(username, 'user.logged-out', (user) => user);
  }

  /**
   * Whether this is a code of their second factor; it is none any more afterwards.
   *
   * @throws LiveViewError `state-file-busy`, `state-file-unwritable`: a code that cannot be crossed out opens nothing.
   */
  spendCode(username: string, code: string): 'app' | 'recovery-code' | undefined {
    const unixMs = this.#unixMs;
    const factor = this.#file.read().users.find(isNamed(username))?.secondFactor;
    if (!factor || !spend(factor, code, unixMs)) return undefined;
    let by: 'app' | 'recovery-code' | undefined;
    this.#change((users) =>
      users.map((user) => {
        if (!isNamed(username)(user) || !user.secondFactor) return user;
        const spent = spend(user.secondFactor, code, unixMs);
        by = spent?.by;
        return spent ? { ...user, secondFactor: spent.factor } : user;
      }),
    );
    return by;
  }

  /**
   * Who this is, or undefined; an unknown name takes as long as a wrong password. A password that was
   * hashed at another cost is hashed anew.
   */
  async authenticate(username: string, password: Secret): Promise<User | undefined> {
    const { users } = this.#file.read();
    const user = users.find(isNamed(username));
    const hashes = users.map((each) => each.password);
    const decoy = decoyHash(username, hashes, this.#cost);
    const right = await verifyPassword(password, user?.password ?? decoy);
    if (!user || !right) return undefined;
    if (isOutdated(user.password, this.#cost)) await this.#rehash(user, password);
    return withoutPassword(user);
  }

  get #unixMs(): number {
    return this.#clock.unixUs() / 1000;
  }

  /** The next login does it when this one cannot; a password that was changed meanwhile stays. */
  async #rehash({ username, password: old }: StoredUser, password: Secret): Promise<void> {
    const hash = await hashPassword(password, this.#cost);
    try {
      this.#change((users) =>
        users.map((user) =>
          isNamed(username)(user) && user.password.hash === old.hash
            ? { ...user, password: hash }
            : user,
        ),
      );
    } catch {
      // The old hash is as good as it was.
    }
  }

  /** Records and makes a change of one user that ends their logins. */
  #alter(username: string, kind: string, change: (user: StoredUser) => StoredUser): void {
    const changedAt = rfc3339(this.#clock.unixUs());
    this.#change((users) => {
      const found = users.find(isNamed(username));
      if (!found) throw unknownUser(username);
      this.#log(kind, { user: found.username });
      return users.map((user) => (user === found ? { ...change(user), changedAt } : user));
    });
  }

  #change(change: (users: readonly StoredUser[]) => StoredUser[]): void {
    this.#file.update(({ users }) => ({ version: 1, users: change(users) }));
  }
}

function isNamed(username: string): (user: StoredUser) => boolean {
  const name = username.toLowerCase();
  return (user) => user.username.toLowerCase() === name;
}

function withoutPassword({ password: _, secondFactor, ...user }: StoredUser): User {
  return { ...user, ...(secondFactor ? { secondFactor: true } : {}) };
}

export function wrongCode(): LiveViewError {
  return new LiveViewError('second-factor-wrong', 'this code is wrong, or it was used already');
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
