import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import type { Credentials } from '../../core/secret.ts';
import { type DigestVerdict, HttpDigestCheck } from './http-digest.ts';
import { OnvifFault } from './soap.ts';
import { UsernameTokenCheck } from './wsse.ts';
import type { XmlElement } from './xml.ts';

export type AuthMode = 'wsse' | 'digest';

export interface AuthenticatorOptions {
  clock: Clock;
  /** The device's own idea of the time, Unix ms. */
  nowMs: () => number;
  credentials: Credentials;
  modes: readonly AuthMode[];
  /** How far a UsernameToken may be from the device's clock. */
  clockWindowMs: number;
  /** How long an HTTP Digest nonce is good. */
  digestNonceMs: number;
}

/** What the client is told: a fault, with challenges when it should try again over HTTP Digest. */
export interface Denial {
  readonly fault: OnvifFault;
  readonly status: 400 | 401;
  /** Values for `WWW-Authenticate`. */
  readonly challenges: readonly string[];
  /** For the device's own log; the client is not told. */
  readonly reason: string;
}

/**
 * Who may call (ONVIF Core §5.9.1): a client that shows nothing is assumed to want HTTP Digest and
 * gets 401; a UsernameToken that is not accepted gets 400 with `ter:NotAuthorized`.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #tokens: UsernameTokenCheck;
  readonly #digest: HttpDigestCheck;

  constructor(options: AuthenticatorOptions) {
    const { clock, credentials, clockWindowMs, digestNonceMs } = options;
    this.#options = options;
    this.#tokens = new UsernameTokenCheck(credentials, clockWindowMs);
    this.#digest = new HttpDigestCheck(clock, credentials, 'onvif', digestNonceMs);
  }

  /** Undefined when the call is allowed. */
  denial(http: IncomingMessage, header: XmlElement | undefined): Denial | undefined {
    const { modes } = this.#options;
    const overHttp = modes.includes('digest') ? this.#overHttp(http) : 'absent';
    if (overHttp === 'accepted') return undefined;
    if (overHttp !== 'absent') return this.#challenge(overHttp);
    const token = modes.includes('wsse')
      ? this.#tokens.verify(header, this.#options.nowMs())
      : 'absent';
    if (token === 'accepted') return undefined;
    if (token === 'absent' && modes.includes('digest')) return this.#challenge(token);
    return { fault: notAuthorized(), status: 400, challenges: [], reason: token };
  }

  #overHttp(http: IncomingMessage): DigestVerdict {
    return this.#digest.verify(http.headers.authorization, http.method ?? '', http.url ?? '');
  }

  #challenge(reason: DigestVerdict): Denial {
    const challenges = this.#digest.challenges(reason === 'stale');
    return { fault: notAuthorized(), status: 401, challenges, reason };
  }
}

function notAuthorized(): OnvifFault {
  return new OnvifFault('Sender', ['NotAuthorized'], 'Sender not authorized');
}
