import type { Socket } from 'node:net';
import type { Caller } from '../access/caller.ts';
import { siteOf } from '../access/network.ts';
import { addressOf, type Connection, keyOf } from './identify.ts';
import type { Proxies } from './proxies.ts';

interface Guest {
  readonly socket: Socket;
  readonly key: string;
  readonly network: string;
  /** Of the account to which it belongs. */
  forget: (() => void) | undefined;
}

export interface EntranceOptions {
  /** Places in all. */
  readonly places: number;
  /** Of them for one network. */
  readonly ofNetwork: number;
  /** Of them for one account: what is beyond is as if nobody were known there. */
  readonly ofAccount: number;
  /** Each stands for many networks, and may have all places. */
  readonly proxies?: Pick<Proxies, 'isOne'>;
}

/**
 * Who is connected to a listener, counted before TLS and before a word is read. No network (an address; of IPv6 the /48,
 * as one party may have all its 65,536 of /64) has more than its part. When all places are taken, or all of its network,
 * a newcomer is given that of a stranger, who has not said yet who they are: the oldest of the network with the most of
 * them. So it takes as many networks as there are places to keep somebody out, and whoever is known is never sent away.
 */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #guests = new Set<Guest>();
  /** TLS wraps sockets into others, which know the same addresses. */
  readonly #byKey = new Map<string, Guest>();
  readonly #counts = new Map<string, number>();
  /** By network; oldest first. */
  readonly #strangers = new Map<string, Set<Guest>>();
  /** Those of whom it is known, by account. */
  readonly #known = new Map<string, number>();
  #isClosed = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** Of a new connection; it is ended when there is no place for it. */
  admit(socket: Socket): void {
    const { places, ofNetwork, proxies } = this.#options;
    const address = addressOf(socket);
    const isProxy = proxies?.isOne(address) ?? false;
    const network = isProxy ? address : siteOf(address);
    const most = isProxy ? places : ofNetwork;
    // Whoever was gone before has no address any more.
    if (this.#isClosed || socket.remoteAddress === undefined || !this.#hasRoom(network, most)) {
      socket.destroy();
      return;
    }
    const guest: Guest = { socket, key: keyOf(socket), network, forget: undefined };
    this.#guests.add(guest);
    this.#byKey.set(guest.key, guest);
    change(this.#counts, network, +1);
    this.#toStrangers(guest);
    socket.once('close', () => this.#leave(guest));
  }

  /** Whoever speaks on this connection is known, and keeps the place until their login or token ends. */
  know({ key }: Pick<Connection, 'key'>, { user, onEnd }: Pick<Caller, 'user' | 'onEnd'>): void {
    const guest = this.#byKey.get(key);
    if (!guest || guest.forget) return;
    if ((this.#known.get(user) ?? 0) >= this.#options.ofAccount) return;
    change(this.#known, user, +1);
    this.#strangers.get(guest.network)?.delete(guest);
    // That the connection is open is no use of the login.
    const forgetEnd = onEnd(() => {
      guest.forget?.();
      if (this.#guests.has(guest)) this.#toStrangers(guest);
    }, false);
    guest.forget = () => {
      guest.forget = undefined;
      forgetEnd();
      change(this.#known, user, -1);
    };
  }

  /** Ends all connections, whatever state they are in, and those that still come. */
  close(): void {
    this.#isClosed = true;
    for (const { socket } of this.#guests) socket.destroy();
  }

  /** How many are connected. */
  get size(): number {
    return this.#guests.size;
  }

  #toStrangers(guest: Guest): void {
    const strangers = this.#strangers.get(guest.network) ?? new Set();
    this.#strangers.set(guest.network, strangers.add(guest));
  }

  #hasRoom(network: string, most: number): boolean {
    const { places } = this.#options;
    const own = this.#strangers.get(network) ?? new Set<Guest>();
    if ((this.#counts.get(network) ?? 0) >= most) return this.#sendAway(own);
    if (this.#guests.size < places) return true;
    let crowd = own;
    for (const each of this.#strangers.values()) if (each.size > crowd.size) crowd = each;
    return this.#sendAway(crowd);
  }

  /** The oldest. @returns false when there is none. */
  #sendAway(strangers: ReadonlySet<Guest>): boolean {
    const [first] = strangers;
    if (!first) return false;
    this.#leave(first);
    first.socket.destroy();
    return true;
  }

  /** Harmless the second time. */
  #leave(guest: Guest): void {
    if (!this.#guests.delete(guest)) return;
    const { key, network } = guest;
    if (this.#byKey.get(key) === guest) this.#byKey.delete(key);
    guest.forget?.();
    const strangers = this.#strangers.get(network);
    strangers?.delete(guest);
    if (strangers?.size === 0) this.#strangers.delete(network);
    change(this.#counts, network, -1);
  }
}

/** One more or less; what there is none of is forgotten. */
function change(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
