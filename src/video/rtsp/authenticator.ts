/**
 * Signs the requests of one connection. The last challenge is kept and used for every request, with
 * its own count; a 401 brings a new one (nonces expire in the middle of a session).
 */
import { randomBytes } from 'node:crypto';
import { authorization, type Challenge, chooseChallenge } from '../../core/http-auth.ts';
import type { Credentials } from '../../core/secret.ts';
import { CameraError, refusedCredentials } from './errors.ts';
import type { RtspResponse } from './message.ts';

export interface AuthenticatorOptions {
  credentials?: Credentials | undefined;
  /** False after a redirect to another host: the password in clear goes to no stranger. */
  allowBasic: boolean;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #challenge: Challenge | undefined;
  #count = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** The `Authorization` value for a request, or undefined while the camera has not asked. */
  sign(method: string, uri: string): string | undefined {
    const { credentials } = this.#options;
    const challenge = this.#challenge;
    if (!credentials || !challenge) return undefined;
    this.#count += 1;
    const cnonce = randomBytes(8).toString('hex');
    return authorization({ challenge, credentials, method, uri, nonceCount: this.#count, cnonce });
  }

  /**
   * Takes the challenge of a 401.
   *
   * @throws CameraError `camera-refused-credentials` when there is nothing to answer with,
   *   `camera-authentication-unknown` when the camera offers no scheme that we know.
   */
  challenged(response: RtspResponse): void {
    if (!this.#options.credentials) throw refusedCredentials(false);
    const challenge = chooseChallenge(response.headers.all('WWW-Authenticate'));
    if (!challenge || (challenge.scheme === 'basic' && !this.#options.allowBasic)) {
      throw new CameraError(
        'camera-authentication-unknown',
        'the camera offers no way to authenticate that this gateway accepts; ' +
          'enable Digest (MD5 or SHA-256) in the camera',
      );
    }
    this.#challenge = challenge;
    this.#count = 0;
  }
}
