import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { Recent } from '../recent.ts';

/** From the button to the way back; people look for their telephone meanwhile. */
export const PENDING_MS = 10 * 60_000;
/** Of those that were used; more than can be used in that time. */
const MAX_USED = 10_000;
/** AES-256-GCM: nonce, tag, and what it protects. */
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const TAG = { authTagLength: TAG_BYTES };
const MAX_COOKIE_LENGTH = 1_024;

/** What a login at the directory has to come back with. */
export interface Pending {
  /** RFC 6749 §10.12. */
  readonly state: string;
  /** OpenID Connect Core §3.1.2.1. */
  readonly nonce: string;
  /** RFC 7636 §4.1. */
  readonly verifier: string;
  /** The login of this browser until now: its cookie does not come back from another site. */
  readonly before?: string;
}

const sealed = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  before: z.string().exactOptional(),
  untilMs: z.number(),
});

/**
 * Logins that are under way at the directory. Each lies encrypted in a cookie of the browser that began it, so
 * that no number of them takes memory, and no other browser can end it. One that was ended is remembered
 * until it would have expired: it is used once.
 */
export class PendingLogins {
  readonly #clock: Clock;
  readonly #key = randomBytes(KEY_BYTES);
  /** By state. */
  readonly #used: Recent<true>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#used = new Recent(clock, { forgetMs: PENDING_MS, max: MAX_USED });
  }

  /** @param before session of this browser until now. */
  begin(before?: string): { readonly pending: Pending; readonly cookie: Secret } {
    const pending = {
      ...{ state: unguessable(), nonce: unguessable(), verifier: unguessable() },
      ...(before === undefined ? {} : { before }),
    };
    const untilMs = this.#clock.nowMs() + PENDING_MS;
    return { pending, cookie: new Secret(this.#seal(JSON.stringify({ ...pending, untilMs }))) };
  }

  /** @throws LiveViewError `openid-expired`: begun elsewhere, too long ago, ended already, or never. */
  take(cookie: string, state: string): Pending {
    const found = this.#open(cookie);
    if (!found || !isEqual(found.state, state)) throw expired();
    if (this.#clock.nowMs() >= found.untilMs || this.#used.get(state)) throw expired();
    this.#used.set(state, true);
    return found;
  }

  #seal(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv, TAG);
    const body = [cipher.update(text, 'utf8'), cipher.final()];
    return Buffer.concat([iv, cipher.getAuthTag(), ...body]).toString('base64url');
  }

  #open(cookie: string): z.output<typeof sealed> | undefined {
    if (cookie.length > MAX_COOKIE_LENGTH) return undefined;
    const bytes = Buffer.from(cookie, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES), TAG);
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)).toString('utf8');
      return sealed.parse(JSON.parse(text + decipher.final('utf8')));
    } catch {
      // Not made by this process, or changed.
      return undefined;
    }
  }
}

/** 256 bits in 43 characters, which is what a code verifier has at least (RFC 7636 §4.1). */
function unguessable(): string {
  return randomBytes(32).toString('base64url');
}

function isEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function expired(): LiveViewError {
  return new LiveViewError(
    'openid-expired',
    'this login was begun in another browser, took longer than ten minutes, or was used already; begin again',
  );
}
