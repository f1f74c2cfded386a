import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { AccessLog } from './access-log.ts';
import { NO_ACCESS_LOG } from './access-log.ts';
import type { CallerRole } from './role.ts';
import { accountName, checkAccount, controlRoomId, role } from './role.ts';
import { checkNoUser } from './shared-names.ts';
import { checkSites, siteIds } from './site-limit.ts';
import { StateFile } from './state-file.ts';

/** Lets a secret scanner recognise a token that was left somewhere. */
export const TOKEN_PREFIX = 'lv_';
const TOKEN_BYTES = 32;
const ID_BYTES = 6;

/** A program's right to come in. What it shows is not kept, only its SHA-256. */
export interface Token {
  /** Names the token in the journal and in `revoke`; not a credential. */
  readonly id: string;
  readonly name: string;
  readonly role: CallerRole;
  readonly controlRoom?: string;
  /** Those that it is limited to; absent: all. */
  readonly sites?: readonly string[];
  readonly createdAt: string;
  /** Absent: until it is revoked. */
  readonly expiresAt?: string;
}

export interface NewToken {
  readonly name: string;
  readonly role: CallerRole;
  readonly controlRoom?: string;
  readonly sites?: readonly string[];
  readonly expiresInMs?: number;
}

const storedToken = z.strictObject({
  id: z.string(),
  name: accountName,
  role,
  controlRoom: controlRoomId.exactOptional(),
  sites: siteIds.exactOptional(),
  createdAt: z.string(),
  expiresAt: z.string().exactOptional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
type StoredToken = z.output<typeof storedToken>;
const tokensFile = z.strictObject({ version: z.literal(1), tokens: z.array(storedToken) });
type TokensFile = z.output<typeof tokensFile>;

/** The tokens in `tokens.json` of the data directory, which another process may change at any time. */
export class TokenStore {
  readonly #dataDir: string;
  readonly #file: StateFile<TokensFile>;
  readonly #clock: Clock;
  readonly #log: AccessLog;

  constructor(dataDir: string, clock: Clock, options: { readonly accessLog?: AccessLog } = {}) {
    this.#dataDir = dataDir;
    this.#file = new StateFile(join(dataDir, 'tokens.json'), tokensFile, {
      version: 1,
      tokens: [],
    });
    this.#clock = clock;
    this.#log = options.accessLog ?? NO_ACCESS_LOG;
  }

  /**
   * The secret is shown this once; it cannot be had again.
   *
   * @throws LiveViewError `token-exists`, `name-of-user`, `bad-name`, `bad-expiry`, `role-needs-control-room`,
   * `role-without-control-room`, `bad-control-room`, `role-without-sites`, `bad-site`.
   */
  issue({ name, role, controlRoom, sites, expiresInMs }: NewToken): {
    token: Token;
    secret: Secret;
  } {
    checkAccount(name, role, controlRoom);
    const limit = checkSites(role, sites);
    checkNoUser(this.#dataDir, name);
    const nowMs = this.#clock.unixUs() / 1000;
    const secret = TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
    const token: Token = {
      id: randomBytes(ID_BYTES).toString('hex'),
      name,
      role,
      ...(controlRoom === undefined ? {} : { controlRoom }),
      ...limit,
      createdAt: rfc3339(nowMs * 1000),
      ...(expiresInMs === undefined ? {} : { expiresAt: expiryOf(nowMs, expiresInMs) }),
    };
    this.#change((tokens) => {
      if (tokens.some((other) => other.name === name)) throw tokenExists(name);
      this.#log('token.issued', { ...token });
      return [...tokens, { ...token, sha256: sha256(secret) }];
    });
    return { token, secret: new Secret(secret) };
  }

  list(): Token[] {
    return this.#file.read().tokens.map(withoutHash);
  }

  /**
   * @param nameOrId of the token.
   * @throws LiveViewError `unknown-token`.
   */
  revoke(nameOrId: string): void {
    this.#change((tokens) => {
      const found = tokens.find(({ id, name }) => id === nameOrId || name === nameOrId);
      if (!found) throw unknownToken(nameOrId);
      this.#log('token.revoked', { id: found.id, name: found.name });
      return tokens.filter((token) => token !== found);
    });
  }

  /** The token that this is, unless it is unknown, revoked or expired. */
  authenticate(secret: string): Token | undefined {
    if (!secret.startsWith(TOKEN_PREFIX)) return undefined;
    const hash = sha256(secret);
    const found = this.#file.read().tokens.find((token) => token.sha256 === hash);
    return found && this.#holds(found) ? withoutHash(found) : undefined;
  }

  /** Whether the token with this id still holds. */
  isValid(id: string): boolean {
    return this.#file.read().tokens.some((token) => token.id === id && this.#holds(token));
  }

  #holds({ expiresAt }: StoredToken): boolean {
    return expiresAt === undefined || Date.parse(expiresAt) * 1000 > this.#clock.unixUs();
  }

  #change(change: (tokens: readonly StoredToken[]) => StoredToken[]): void {
    this.#file.update(({ tokens }) => ({ version: 1, tokens: change(tokens) }));
  }
}

/** Looking up by the hash of a 256-bit secret leaks nothing of use through the time it takes. */
function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function withoutHash({ sha256: _, ...token }: StoredToken): Token {
  return token;
}

function expiryOf(nowMs: number, expiresInMs: number): string {
  const endMs = nowMs + expiresInMs;
  if (!(expiresInMs > 0) || !(endMs < MAX_TIME_MS)) {
    throw new LiveViewError('bad-expiry', 'a token expires between now and the year 9999');
  }
  return rfc3339(endMs * 1000);
}
const MAX_TIME_MS = Date.UTC(10_000, 0, 1);

function tokenExists(name: string): LiveViewError {
  return new LiveViewError('token-exists', `there is a token ${name} already; revoke it first`);
}

function unknownToken(nameOrId: string): LiveViewError {
  return new LiveViewError(
    'unknown-token',
    `there is no token ${nameOrId}; \`liveview token list\` shows those there are`,
  );
}
