import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../core/log.ts';
import { directoryPerson } from './openid/person.ts';
import { accountName } from './role.ts';
import { StateFile } from './state-file.ts';

const unixMs = z.int().min(0);
export const sessionName = z.string().regex(/^[0-9a-f]{16}$/);
const storedLogin = z.strictObject({
  /** Of the cookie, which is not kept. */
  sha256: z.string().regex(/^[\w-]{43}$/),
  /** Its name in the journal. */
  session: sessionName,
  /** Whoever logged in, as they were then: another user of this name, or a new password, ends it. */
  username: accountName.exactOptional(),
  userCreatedAt: z.string().exactOptional(),
  userChangedAt: z.string().exactOptional(),
  /** In the place of those: somebody of the directory. */
  person: directoryPerson.exactOptional(),
  side: z.enum(['centre', 'police']),
  address: z.string(),
  /** It holds only with a certificate of its control room. */
  certified: z.literal(true).exactOptional(),
  createdUnixMs: unixMs,
  usedUnixMs: unixMs,
  /** Whatever happens, as configured when it was written; for whoever lists logins. */
  endsUnixMs: unixMs.exactOptional(),
});
export type StoredLogin = z.output<typeof storedLogin>;
const sessionsFile = z.strictObject({ version: z.literal(1), logins: z.array(storedLogin) });
type SessionsFile = z.output<typeof sessionsFile>;
const EMPTY: SessionsFile = { version: 1, logins: [] };

/**
 * Logins in `sessions.json` of the data directory, so that a crash logs nobody out. Only the gateway
 * writes it: when somebody logs in or out, and every few minutes while logins are used.
 */
export class SessionFile {
  readonly #path: string;
  readonly #file: StateFile<SessionsFile>;
  readonly #log: Logger;

  constructor(dataDir: string, log: Logger) {
    this.#path = pathIn(dataDir);
    this.#file = new StateFile(this.#path, sessionsFile, EMPTY);
    this.#log = log;
  }

  /** What was kept; nothing when that cannot be understood: then everybody logs in again. */
  read(): readonly StoredLogin[] {
    try {
      return this.#file.read().logins;
    } catch (error) {
      const what = `${this.#path} cannot be read or is damaged: everybody has to log in again`;
      this.#log.warn(what, { error });
      return [];
    }
  }

  /** @throws LiveViewError `state-file-unwritable`. */
  write(logins: readonly StoredLogin[]): void {
    this.#file.replace({ version: 1, logins: [...logins] });
  }
}

/** For whoever does not write it. @throws LiveViewError `state-file-unreadable`. */
export function keptLogins(dataDir: string): readonly StoredLogin[] {
  return new StateFile(pathIn(dataDir), sessionsFile, EMPTY).read().logins;
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'sessions.json');
}
