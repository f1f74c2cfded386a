import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { fastifyCookie } from '@fastify/cookie';
import type { Caller, Side } from '../access/caller.ts';
import { belongsTo } from '../access/certified.ts';
import { sideOf } from '../access/role.ts';
import type { Sessions } from '../access/sessions.ts';
import { LiveViewError } from '../core/errors.ts';
import { isNoName } from '../core/networks.ts';
import type { PeerCertificate, Peers } from '../core/tls/peers.ts';
import type { Proxies } from './proxies.ts';

/** Longer is neither a token nor a cookie of ours. */
const MAX_CREDENTIAL_LENGTH = 512;
/** What browsers say of a request that a page of ours makes, or a person who typed the address; programs say nothing. */
const OURS: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'none']);

/** Where a request came from, and the certificate that was shown there. */
export interface Connection {
  /** Of whoever asks: behind a trusted proxy not the other end. */
  readonly address: string;
  /** Both ends of it, as TLS and TCP see them alike. */
  readonly key: string;
  readonly certificate: PeerCertificate | undefined;
}

/** What says who asks. */
export type Asked = Pick<IncomingMessage, 'headers' | 'socket'>;

export interface IdentifyOptions {
  readonly side: Side;
  /** The listener speaks TLS itself. */
  readonly tls: boolean;
  /** Browsers come by TLS, as `Context`. */
  readonly secure: boolean;
  readonly sessions: Sessions;
  readonly allowedOrigins: readonly string[];
  /** The certificates that were shown on open connections. */
  readonly peers?: Pick<Peers, 'of'> | undefined;
  readonly proxies?: Pick<Proxies, 'clientOf'>;
  /** Told of every caller that does not belong to the certificate of its connection. */
  readonly onForeign?: (caller: Caller, connection: Connection) => void;
  /** Told of every connection on which somebody is known. */
  readonly onKnown?: (connection: Connection, caller: Caller) => void;
}

/**
 * Finds out who is calling, from a bearer token or from the cookie of a login; never from the URL. A connection
 * whose certificate stands for a control room knows no callers but those of that room.
 */
export class Identify {
  readonly side: Side;
  readonly cookieName: string;
  readonly #options: IdentifyOptions;

  constructor(options: IdentifyOptions) {
    this.#options = options;
    this.side = options.side;
    // Cookies know no ports, so each side has a name of its own. The prefix makes browsers insist on
    // Secure, on this host and on Path=/ (RFC 6265bis §4.1.3).
    this.cookieName = `${options.secure ? '__Host-' : ''}liveview-${options.side}`;
  }

  /** @throws LiveViewError `session-ended` when its certificate no longer holds. */
  connection(request: Asked): Connection {
    const { socket } = request;
    const certificate = this.#options.peers?.of(socket);
    if (!certificate?.isOver) {
      return { address: this.address(request), key: keyOf(socket), certificate };
    }
    throw new LiveViewError('session-ended', 'the certificate of this connection no longer holds');
  }

  /** Of whoever asks. */
  address(request: Asked): string {
    return this.#options.proxies?.clientOf(request) ?? addressOf(request.socket);
  }

  /** @throws LiveViewError `unauthenticated` when a token is shown that does not hold on this side; as `checkOrigin`. */
  caller(headers: IncomingHttpHeaders, connection: Connection): Caller | undefined {
    const { authorization } = headers;
    if (authorization === undefined) return this.#cookieCaller(headers, connection);
    const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization) ?? [];
    return this.tokenCaller(token ?? '', connection);
  }

  /** @throws LiveViewError `unauthenticated`. */
  tokenCaller(token: string, connection: Connection): Caller {
    const { sessions, side } = this.#options;
    const { address } = connection;
    const known =
      token.length <= MAX_CREDENTIAL_LENGTH ? sessions.findToken(token, side, address) : undefined;
    if (known && sideOf(known) === side && this.#belongs(known, connection)) {
      return this.#here(known, connection);
    }
    throw new LiveViewError('unauthenticated', 'this token is unknown, expired or revoked here');
  }

  /**
   * A browser attaches the cookie whoever made it send the request, so that a request which changes something, opens a
   * socket or comes with a cookie must be from our own pages: `Origin` says so, or `Sec-Fetch-Site` where there is
   * none (Fetch Metadata). Programs other than browsers send neither, and a bearer token is attached by nobody but its holder.
   *
   * @throws LiveViewError `origin-not-allowed`.
   */
  checkOrigin(headers: IncomingHttpHeaders): void {
    const { origin, host, authorization, 'sec-fetch-site': from } = headers;
    if (authorization !== undefined) return;
    if (origin === undefined ? OURS.has(from) : this.#isOwn(origin, host)) return;
    throw new LiveViewError(
      'origin-not-allowed',
      'this page may not act here; if it is your own, by a name without TLS or by a proxy, add its origin to allowedOrigins in the configuration',
    );
  }

  #isOwn(origin: string, host = ''): boolean {
    const { tls, secure, allowedOrigins } = this.#options;
    if (allowedOrigins.includes(origin)) return true;
    if (tls) return origin === `https://${host}`;
    // Where a proxy speaks TLS, what its host says in the clear was put there by somebody on the way.
    return !secure && origin === `http://${host}` && isNoName(host.replace(/:\d+$/, ''));
  }

  /** @throws LiveViewError as `checkOrigin`. */
  #cookieCaller(headers: IncomingHttpHeaders, connection: Connection): Caller | undefined {
    const { cookie } = headers;
    const value = cookie === undefined ? undefined : fastifyCookie.parse(cookie)[this.cookieName];
    if (!value || value.length > MAX_CREDENTIAL_LENGTH) return undefined;
    this.checkOrigin(headers);
    const caller = this.#options.sessions.find(
      value,
      (known) => known.side === this.side && this.#belongs(known, connection),
    );
    return caller && this.#here(caller, connection);
  }

  #here(caller: Caller, connection: Connection): Caller {
    this.#options.onKnown?.(connection, caller);
    return here(caller, connection);
  }

  /** To whoever does not belong to the certificate it is as if they were unknown. */
  #belongs(caller: Caller, connection: Connection): boolean {
    if (belongsTo(caller, connection.certificate)) return true;
    this.#options.onForeign?.(caller, connection);
    return false;
  }
}

/** A caller on this connection, who is over when its certificate is, too. */
function here(caller: Caller, { certificate }: Connection): Caller {
  if (!certificate) return caller;
  return {
    ...caller,
    onEnd: (listener, isUse) => {
      let isTold = false;
      const tell = () => {
        if (isTold) return;
        isTold = true;
        listener();
      };
      const forgets = [caller.onEnd(tell, isUse), certificate.onEnd(tell)];
      return () => {
        for (const forget of forgets) forget();
      };
    },
  };
}

/** The network address at the other end, IPv4 in its usual form. */
export function addressOf(socket: Pick<Socket, 'remoteAddress'>): string {
  return unmapped(socket.remoteAddress ?? 'unknown');
}

/** RFC 4291 §2.5.5.2. */
export function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

/** RFC 9293 §3.3.1: what names a connection. */
export function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
