import { randomBytes } from 'node:crypto';
import { authorization, type Challenge, chooseChallenge } from './http-auth.ts';
import type { Credentials } from './secret.ts';

export interface HttpSignerOptions {
  readonly credentials: Credentials;
  /** Whether the password may be sent in clear to a server that offers nothing better. */
  readonly allowBasic: boolean;
}

/**
 * Signs requests to one server. The last challenge is kept and used for every request, with its own
 * count; a 401 brings a new one, as nonces expire. Kept over connections it saves each of them the
 * refusal that a first request would meet (RFC 7616 §3.6 allows it).
 */
export class HttpSigner {
  readonly #options: HttpSignerOptions;
  #challenge: Challenge | undefined;
  #count = 0;

  constructor(options: HttpSignerOptions) {
    this.#options = options;
  }

  /** The `Authorization` value for a request, or undefined while the server has not asked. */
  sign(method: string, uri: string): string | undefined {
    const { credentials } = this.#options;
    const challenge = this.#challenge;
    if (!challenge) return undefined;
    this.#count += 1;
    const cnonce = randomBytes(8).toString('hex');
    return authorization({ challenge, credentials, method, uri, nonceCount: this.#count, cnonce });
  }

  /**
   * Takes the challenges of a 401.
   *
   * @returns false when none is offered that can be answered; the last is kept no longer then.
   */
  challenged(fieldValues: readonly string[]): boolean {
    const chosen = chooseChallenge(fieldValues);
    const usable = chosen?.scheme === 'digest' || this.#options.allowBasic;
    this.#challenge = usable ? chosen : undefined;
    this.#count = 0;
    return this.#challenge !== undefined;
  }
}
