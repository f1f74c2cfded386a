/**
 * How the pictures of a camera travel. `auto` tries what is best first, takes what works and begins with
 * that the next time; what stays silent is tried last.
 */
import { LiveViewError } from '../../core/errors.ts';
import type { TransportKind } from '../rtsp/transport.ts';

/** `http` is RTSP and its pictures in a tunnel through HTTP. */
export type Transport = TransportKind | 'http';
export type TransportWish = 'auto' | Transport;

/** What worked last with this camera; kept by whoever knows the camera for longer than a source does. */
export interface TransportMemory {
  transport: Transport | undefined;
}

/** One connection: a tunnel, or one over which the kinds are asked for in turn. */
export type Attempt =
  | { readonly tunnel: true }
  | { readonly tunnel: false; readonly kinds: readonly [TransportKind, ...TransportKind[]] };

/**
 * TCP needs no port of ours and loses nothing on the way; UDP and multicast are for cameras that refuse
 * it, the tunnel for networks that let nothing else pass.
 */
const CANDIDATES: Readonly<Record<TransportWish, readonly Transport[]>> = {
  auto: ['tcp', 'udp', 'multicast', 'http'],
  tcp: ['tcp'],
  udp: ['udp', 'tcp'],
  multicast: ['multicast', 'tcp'],
  http: ['http'],
};

/** Over rtsps:// nothing travels beside the encrypted connection. */
const INSIDE: readonly Transport[] = ['tcp', 'http'];

export class TransportChoice {
  readonly #wish: TransportWish;
  readonly #memory: TransportMemory;
  readonly #silent = new Set<Transport>();

  constructor(wish: TransportWish, memory: TransportMemory = { transport: undefined }) {
    this.#wish = wish;
    this.#memory = memory;
  }

  /**
   * What to try, the most promising first.
   *
   * @param secure the address is rtsps://.
   * @throws LiveViewError `transport-insecure`
   */
  attempts(secure: boolean): Attempt[] {
    const attempts: Attempt[] = [];
    for (const transport of this.#order(secure)) {
      const last = attempts.at(-1);
      if (transport === 'http') attempts.push({ tunnel: true });
      else if (last && !last.tunnel) {
        attempts[attempts.length - 1] = { tunnel: false, kinds: [...last.kinds, transport] };
      } else attempts.push({ tunnel: false, kinds: [transport] });
    }
    if (attempts.length > 0) return attempts;
    throw new LiveViewError(
      'transport-insecure',
      `over ${this.#wish} the pictures of an rtsps:// address would travel in the clear; ` +
        'set stream.transport to auto, tcp or http',
    );
  }

  /** Pictures came this way. */
  worked(transport: Transport): void {
    this.#silent.delete(transport);
    if (this.#wish === 'auto' && this.#memory.transport !== transport) {
      this.#memory.transport = transport;
    }
  }

  /**
   * The camera agreed and nothing came. True when something else is to be tried at once; once everything
   * was silent, or this again because the others are refused, it begins again. TCP, where no firewall
   * explains it, is not doubted once it has worked.
   *
   * @param secure the address is rtsps://.
   */
  silent(transport: Transport, secure: boolean): boolean {
    if (transport === 'tcp' && this.#memory.transport === 'tcp') return false;
    const isAgain = this.#silent.has(transport);
    this.#silent.add(transport);
    if (!isAgain && this.#candidates(secure).some((each) => !this.#silent.has(each))) return true;
    this.#silent.clear();
    this.#silent.add(transport);
    return false;
  }

  #candidates(secure: boolean): Transport[] {
    return CANDIDATES[this.#wish].filter((each) => !secure || INSIDE.includes(each));
  }

  #order(secure: boolean): Transport[] {
    const { transport: remembered } = this.#memory;
    const rank = (transport: Transport) => {
      if (this.#silent.has(transport)) return 2;
      return transport === remembered ? 0 : 1;
    };
    return this.#candidates(secure).sort((a, b) => rank(a) - rank(b));
  }
}
