import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, rfc3339 } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { type AccessLog, NO_ACCESS_LOG } from '../access-log.ts';
import { StateFile } from '../state-file.ts';
import { directoryUsername } from './person.ts';

/** Of whoever was logged out longest ago nothing is kept: logins of theirs from before have ended by themselves. */
const MAX_KEPT = 10_000;

const logoutsFile = z.strictObject({
  version: z.literal(1),
  loggedOut: z.array(z.strictObject({ username: directoryUsername, at: z.string() })).max(MAX_KEPT),
});
type LogoutsFile = z.output<typeof logoutsFile>;

/**
 * Who of the directory was logged out by the command line, in `directory-logouts.json` of the data directory: the
 * gateway looks at it by itself, and a login made before is over.
 */
export class DirectoryLogouts {
  readonly #file: StateFile<LogoutsFile>;
  readonly #clock: Clock;
  readonly #log: AccessLog;

  constructor(dataDir: string, clock: Clock, accessLog: AccessLog = NO_ACCESS_LOG) {
    const empty: LogoutsFile = { version: 1, loggedOut: [] };
    this.#file = new StateFile(join(dataDir, 'directory-logouts.json'), logoutsFile, empty);
    this.#clock = clock;
    this.#log = accessLog;
  }

  /** When somebody was logged out last; a login holds while that is as it was when it was made. */
  lastOf(username: string): string | undefined {
    return this.#file.read().loggedOut.find((each) => each.username === username)?.at;
  }

  /** @throws LiveViewError `bad-name`, `state-file-busy`, `state-file-unwritable`. */
  logOut(username: string): void {
    if (!directoryUsername.safeParse(username).success) {
      const what = 'a person of the directory is openid: and what the directory knows them by';
      throw new LiveViewError('bad-name', what);
    }
    const at = rfc3339(this.#clock.unixUs());
    this.#file.update(({ loggedOut }) => {
      this.#log('user.logged-out', { user: username });
      const others = loggedOut.filter((each) => each.username !== username);
      return { version: 1, loggedOut: [...others, { username, at }].slice(-MAX_KEPT) };
    });
  }
}
