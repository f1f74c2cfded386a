import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { fastifyCookie } from '@fastify/cookie';
import type { Caller, Side } from '../access/caller.ts';
import { sideOf } from '../access/role.ts';
import type { Sessions } from '../access/sessions.ts';
import { LiveViewError } from '../core/errors.ts';

/** Longer is neither a token nor a cookie of ours. */
const MAX_CREDENTIAL_LENGTH = 512;

export interface IdentifyOptions {
  readonly side: Side;
  readonly secure: boolean;
  readonly sessions: Sessions;
  readonly allowedOrigins: readonly string[];
}

/** Finds out who is calling, from a bearer token or from the cookie of a login; never from the URL. */
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

  /** @throws LiveViewError `unauthenticated` when a token is shown that does not hold on this side. */
  caller(headers: IncomingHttpHeaders, address: string): Caller | undefined {
    const { authorization } = headers;
    if (authorization === undefined) return this.#cookieCaller(headers);
    const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization) ?? [];
    return this.tokenCaller(token ?? '', address);
  }

  /** @throws LiveViewError `unauthenticated`. */
  tokenCaller(token: string, address: string): Caller {
    const { sessions, side } = this.#options;
    const caller =
      token.length <= MAX_CREDENTIAL_LENGTH ? sessions.findToken(token, side, address) : undefined;
    if (caller && sideOf(caller) === side) return caller;
    throw new LiveViewError('unauthenticated', 'this token is unknown, expired or revoked here');
  }

  /**
   * A browser attaches the cookie whoever made it send the request, so a request that changes
   * something or opens a socket must come from our own pages. Programs other than browsers send no
   * Origin, and a bearer token is attached by nobody but its holder.
   *
   * @throws LiveViewError `origin-not-allowed`.
   */
  checkOrigin(headers: IncomingHttpHeaders): void {
    const { origin, host, authorization } = headers;
    if (origin === undefined || authorization !== undefined) return;
    const own = `${this.#options.secure ? 'https' : 'http'}://${host ?? ''}`;
    if (origin === own || this.#options.allowedOrigins.includes(origin)) return;
    throw new LiveViewError(
      'origin-not-allowed',
      'this page may not act here; if it is your own proxy, add its origin to the configuration',
    );
  }

  #cookieCaller({ cookie }: IncomingHttpHeaders): Caller | undefined {
    const value = cookie === undefined ? undefined : fastifyCookie.parse(cookie)[this.cookieName];
    if (!value || value.length > MAX_CREDENTIAL_LENGTH) return undefined;
    const caller = this.#options.sessions.find(value);
    return caller?.side === this.#options.side ? caller : undefined;
  }
}

/** The network address at the other end, IPv4 in its usual form. */
export function addressOf(socket: Pick<Socket, 'remoteAddress'>): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
}
