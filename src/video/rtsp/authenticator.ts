/** Signs the requests of one connection, and says what is wrong when that does not help. */
import { HttpSigner } from '../../core/http-signer.ts';
import type { Credentials } from '../../core/secret.ts';
import { CameraError, refusedCredentials } from './errors.ts';
import type { RtspResponse } from './message.ts';

export interface AuthenticatorOptions {
  credentials?: Credentials | undefined;
  /** Of the server, in place of one for this connection alone. */
  signer?: HttpSigner | undefined;
}

export class Authenticator {
  readonly #signer: HttpSigner | undefined;

  constructor({ credentials, signer }: AuthenticatorOptions) {
    this.#signer = signer ?? (credentials && new HttpSigner({ credentials, allowBasic: true }));
  }

  /** The `Authorization` value for a request, or undefined while the camera has not asked. */
  sign(method: string, uri: string): string | undefined {
    return this.#signer?.sign(method, uri);
  }

  /**
   * Takes the challenge of a 401.
   *
   * @throws CameraError `camera-refused-credentials` when there is nothing to answer with,
   *   `camera-authentication-unknown` when the camera offers no scheme that we know.
   */
  challenged(response: RtspResponse): void {
    if (!this.#signer) throw refusedCredentials(false);
    if (this.#signer.challenged(response.headers.all('WWW-Authenticate'))) return;
    throw new CameraError(
      'camera-authentication-unknown',
      'the camera offers no way to authenticate that this gateway accepts; ' +
        'enable Digest (MD5 or SHA-256) in the camera',
    );
  }
}
