import { HttpSigner } from '../../core/http-signer.ts';
import type { Credentials } from '../../core/secret.ts';
import type { SessionDescription } from './sdp.ts';
import type { StreamUrl } from './stream-url.ts';

/** What DESCRIBE told. */
export interface KnownStream {
  /** Where it was found, after redirects; of the host that was asked. */
  readonly url: StreamUrl;
  /** `Content-Base` or `Content-Location`, as on the wire. */
  readonly contentBase: string | undefined;
  readonly sdp: SessionDescription;
}

/** A camera that redirects to ever other ports is not followed in memory. */
const MAX_SIGNERS = 4;

/**
 * What earlier connections have taught of one stream, so that the next costs one handshake: SETUP and
 * PLAY, each signed at once. RFC 2326 §10.2 leaves DESCRIBE to the client; a camera that wants it, or
 * whose stream is another by now, is asked anew.
 */
export class StreamMemory {
  readonly #signers = new Map<string, HttpSigner>();
  #asked = '';
  #known: KnownStream | undefined;
  #isTrusted = true;

  /** @param asked the address as it is configured. */
  recall(asked: string): KnownStream | undefined {
    return this.#isTrusted && this.#asked === asked ? this.#known : undefined;
  }

  remember(asked: string, known: KnownStream): void {
    this.#asked = asked;
    this.#known = known;
  }

  /** The stream may be another by now; how to sign is kept, as a 401 corrects it by itself. */
  forget(): void {
    this.#known = undefined;
  }

  /** The camera agreed to what was remembered and sent nothing of use: it is asked each time from now on. */
  mistrust(): void {
    this.#isTrusted = false;
  }

  /** The one for this server, with the challenge that it gave last. */
  signer({ host, port }: StreamUrl, credentials: Credentials): HttpSigner {
    const key = `${host} ${port}`;
    const known = this.#signers.get(key);
    if (known) return known;
    if (this.#signers.size >= MAX_SIGNERS) this.#signers.clear();
    const made = new HttpSigner({ credentials, allowBasic: true });
    this.#signers.set(key, made);
    return made;
  }
}
