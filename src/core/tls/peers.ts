import { X509Certificate } from 'node:crypto';
import type { Server, TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import { Ending } from '../ending.ts';
import type { TlsSource } from './files.ts';
import { isIssuedBy, type TlsMaterial } from './material.ts';
import { isInTime } from './terms.ts';

/** How long what is said at the end of a connection may take to leave. */
const GOODBYE_MS = 1_000;

/** The certificate that somebody showed on an open connection. */
export interface PeerCertificate {
  /** SHA-256, as OpenSSL writes it. */
  readonly fingerprint: string;
  /** Whom it stands for; the connection is cut when that changes. */
  readonly standsFor: string | undefined;
  /** It no longer holds here; what still comes from this connection is refused. */
  readonly isOver: boolean;
  /** Calls `listener` once when it no longer holds here. Returns how to forget it. */
  onEnd(listener: () => void): () => void;
}

/** Whom a certificate stands for, if for anybody. */
export type Standing = Pick<PeerCertificate, 'standsFor'>;

const FOR_NOBODY: Standing = { standsFor: undefined };

interface Peer extends PeerCertificate {
  /** Its own first, then those of whoever issued it, up to a root. */
  readonly chain: readonly X509Certificate[];
  readonly ending: Ending;
  isOver: boolean;
}

export interface PeersOptions {
  readonly clock: Clock;
  readonly source: TlsSource;
  /** Whom a certificate that holds stands for now; undefined refuses it. Whoever it is is nobody in particular without this. */
  readonly judge?: (certificate: X509Certificate) => Standing | undefined;
}

/**
 * Keeps a TLS server as its files say: new connections are shown the newest certificate, and open ones
 * whose client certificate no longer holds are cut.
 */
export class Peers {
  readonly #options: PeersOptions;
  readonly #peers = new Map<TLSSocket, Peer>();
  #forget: () => void = () => undefined;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  attach(server: Server): void {
    const { source } = this.#options;
    // Before whatever serves the connection.
    server.prependListener('secureConnection', (socket: TLSSocket) => this.#admit(socket));
    this.#forget = source.onLook((changed) => {
      if (changed) server.setSecureContext(source.material.options);
      this.#judgeAll(changed);
    });
  }

  stop(): void {
    this.#forget();
  }

  /** Undefined when none was shown on this connection. */
  of(socket: object): PeerCertificate | undefined {
    return this.#peers.get(socket as TLSSocket);
  }

  /** Certificates may stand for others now. */
  judgeAgain(): void {
    this.#judgeAll(true);
  }

  #admit(socket: TLSSocket): void {
    const chain = chainOf(socket);
    const [own] = chain;
    if (!own) return;
    // Where a certificate is optional, one that does not hold is as bad as where it is required.
    const standing = socket.authorized && this.#holds(chain) ? this.#judge(own) : undefined;
    if (!standing) {
      socket.destroy();
      return;
    }
    const ending = new Ending();
    this.#peers.set(socket, {
      ...{ chain, ending, isOver: false, fingerprint: own.fingerprint256 },
      standsFor: standing.standsFor,
      onEnd: (listener) => ending.add(listener),
    });
    socket.once('close', () => this.#peers.delete(socket));
  }

  /** Nothing but time has passed unless something `changed`. */
  #judgeAll(changed: boolean): void {
    const nowUnixMs = this.#options.clock.unixUs() / 1000;
    for (const [socket, peer] of this.#peers) {
      if (peer.isOver) continue;
      const isGood = changed
        ? this.#holds(peer.chain) && this.#standsAsBefore(peer)
        : peer.chain.every((each) => isInTime(each, nowUnixMs));
      if (!isGood) this.#cut(socket, peer);
    }
  }

  #standsAsBefore({ chain: [own], standsFor }: Peer): boolean {
    const standing = own && this.#judge(own);
    return standing !== undefined && standing.standsFor === standsFor;
  }

  #judge(own: X509Certificate): Standing | undefined {
    const { judge } = this.#options;
    return judge ? judge(own) : FOR_NOBODY;
  }

  /** What OpenSSL checked when it connected (RFC 5280 §6.1), as far as it can have changed since. */
  #holds(chain: readonly X509Certificate[]): boolean {
    const { clock, source } = this.#options;
    const nowUnixMs = clock.unixUs() / 1000;
    return (
      chain.every((each) => isInTime(each, nowUnixMs)) &&
      !chain.some((each) => isRevoked(each, source.material)) &&
      chain.some((each) => isFromAuthority(each, source.material))
    );
  }

  #cut(socket: TLSSocket, peer: Peer): void {
    peer.isOver = true;
    peer.ending.run();
    socket.destroySoon();
    const timer = this.#options.clock.setTimer(GOODBYE_MS, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  }
}

function isRevoked(certificate: X509Certificate, { lists }: TlsMaterial): boolean {
  return lists.some((list) => list.has(certificate) && isIssuedBy(certificate, list.authority));
}

function isFromAuthority(certificate: X509Certificate, { authorities }: TlsMaterial): boolean {
  return authorities.some((each) => isIssuedBy(each, each) && isIssuedBy(certificate, each));
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerCertificate(true);
  while (next?.raw) {
    const certificate = new X509Certificate(next.raw);
    if (chain.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) break;
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}
