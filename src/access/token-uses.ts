import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { rfc3339 } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { StateFile } from './state-file.ts';
import type { TokenStore } from './tokens.ts';

const HOUR_US = 3_600_000_000;

const usesFile = z.strictObject({
  version: z.literal(1),
  /** By the id of a token: the hour in which it was used last. */
  uses: z.record(z.string(), z.string()),
});
type UsesFile = z.output<typeof usesFile>;

/**
 * When each token was used last, to the hour, in `token-uses.json` of the data directory: enough to see
 * which can be revoked. Only the gateway writes it, once an hour for each token that is in use.
 */
export class TokenUses {
  readonly #file: StateFile<UsesFile>;

  constructor(dataDir: string) {
    const empty: UsesFile = { version: 1, uses: {} };
    this.#file = new StateFile(join(dataDir, 'token-uses.json'), usesFile, empty);
  }

  /** By the id of a token; nothing when the file cannot be understood, on which nothing depends. */
  read(): Readonly<Record<string, string>> {
    try {
      return this.#file.read().uses;
    } catch {
      return {};
    }
  }

  /** @throws LiveViewError `state-file-unwritable`. */
  write(uses: Readonly<Record<string, string>>): void {
    this.#file.replace({ version: 1, uses });
  }
}

export interface TokenUseLogOptions {
  readonly file: Pick<TokenUses, 'read' | 'write'>;
  readonly tokens: Pick<TokenStore, 'list'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The gateway's side of it: notes uses, and forgets tokens that are no more. */
export class TokenUseLog {
  readonly #options: TokenUseLogOptions;
  readonly #uses: Map<string, string>;

  constructor(options: TokenUseLogOptions) {
    this.#options = options;
    this.#uses = new Map(Object.entries(options.file.read()));
  }

  /** Never fails: a program is not kept out because a disk is full. */
  note(id: string): void {
    const { clock, file, tokens, log } = this.#options;
    const hour = rfc3339(Math.floor(clock.unixUs() / HOUR_US) * HOUR_US);
    if (this.#uses.get(id) === hour) return;
    this.#uses.set(id, hour);
    try {
      const known = new Set(tokens.list().map((token) => token.id));
      for (const each of this.#uses.keys()) if (!known.has(each)) this.#uses.delete(each);
      file.write(Object.fromEntries(this.#uses));
    } catch (error) {
      log.warn('when a token was used last could not be kept', { error });
    }
  }
}
