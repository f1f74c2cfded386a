import { join } from 'node:path';
import { z } from 'zod';
import { type AccessLog, NO_ACCESS_LOG } from './access-log.ts';
import { sessionName } from './session-file.ts';
import { StateFile } from './state-file.ts';

/** Of what was ended longest ago nothing is kept: the gateway has long taken it out of its own file. */
const MAX_KEPT = 10_000;

const endedFile = z.strictObject({
  version: z.literal(1),
  ended: z.array(sessionName).max(MAX_KEPT),
});
type EndedFile = z.output<typeof endedFile>;

/**
 * Single logins that were ended by the command line, in `ended-sessions.json` of the data directory: the gateway looks at it by
 * itself, and writes `sessions.json` alone. A name is never given twice.
 */
export class EndedSessions {
  readonly #file: StateFile<EndedFile>;
  readonly #log: AccessLog;

  constructor(dataDir: string, accessLog: AccessLog = NO_ACCESS_LOG) {
    const empty: EndedFile = { version: 1, ended: [] };
    this.#file = new StateFile(join(dataDir, 'ended-sessions.json'), endedFile, empty);
    this.#log = accessLog;
  }

  /** @throws LiveViewError `state-file-unreadable`: then no login holds. */
  has(session: string): boolean {
    return this.#file.read().ended.includes(session);
  }

  /** @throws LiveViewError `state-file-busy`, `state-file-unwritable`. */
  end({ session, username }: { session: string; username: string }): void {
    this.#file.update(({ ended }) => {
      this.#log('user.session-ended', { user: username, session });
      return { version: 1, ended: [...ended, session].slice(-MAX_KEPT) };
    });
  }
}
