import type { Socket } from 'node:net';
import { networkOf } from '../access/network.ts';
import { addressOf, type Connection } from './identify.ts';

interface Guest {
  readonly socket: Socket;
  readonly network: string;
  /** Harmless the second time. */
  leave(): void;
}

export interface EntranceOptions {
  /** Places in all. */
  readonly places: number;
  /** Of them for one network. */
  readonly ofNetwork: number;
}

/**
 * Who is connected to a listener, counted before TLS and before a word is read. No network (an address; of IPv6
 * the /64) has more than its part. When all places are taken a newcomer is given that of a stranger, who has not
 * said yet who they are: the oldest of the network with the most of them. So it takes as many networks as there
 * are places to keep somebody out, and whoever is known is never sent away.
 */
export class Entrance {
  readonly #options: EntranceOptions;
  /** By address and port: TLS wraps sockets into others. */
  readonly #guests = new Map<string, Guest>();
  readonly #counts = new Map<string, number>();
  /** By network; oldest first. */
  readonly #strangers = new Map<string, Set<Guest>>();
  #isClosed = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** Of a new connection; it is ended when there is no place for it. */
  admit(socket: Socket): void {
    const network = networkOf(addressOf(socket));
    if (this.#isClosed || !this.#hasRoom(network)) {
      socket.destroy();
      return;
    }
    const key = keyOf({ address: addressOf(socket), port: socket.remotePort });
    const guest: Guest = { socket, network, leave: () => this.#leave(key, guest) };
    this.#guests.set(key, guest);
    this.#counts.set(network, (this.#counts.get(network) ?? 0) + 1);
    const strangers = this.#strangers.get(network) ?? new Set();
    this.#strangers.set(network, strangers.add(guest));
    socket.once('close', guest.leave);
  }

  /** Whoever speaks on this connection is known, and keeps the place. */
  know(connection: Pick<Connection, 'address' | 'port'>): void {
    const guest = this.#guests.get(keyOf(connection));
    if (guest) this.#strangers.get(guest.network)?.delete(guest);
  }

  /** Ends all connections, whatever state they are in, and those that still come. */
  close(): void {
    this.#isClosed = true;
    for (const { socket } of this.#guests.values()) socket.destroy();
  }

  /** How many are connected. */
  get size(): number {
    return this.#guests.size;
  }

  #hasRoom(network: string): boolean {
    const { places, ofNetwork } = this.#options;
    if ((this.#counts.get(network) ?? 0) >= ofNetwork) return false;
    return this.#guests.size < places || this.#makeRoom(network);
  }

  /** @returns false when no other network has more strangers than this one. */
  #makeRoom(network: string): boolean {
    let crowd = this.#strangers.get(network) ?? new Set<Guest>();
    for (const each of this.#strangers.values()) if (each.size > crowd.size) crowd = each;
    const [first] = crowd;
    if (!first || first.network === network) return false;
    first.leave();
    first.socket.destroy();
    return true;
  }

  #leave(key: string, guest: Guest): void {
    if (this.#guests.get(key) !== guest) return;
    this.#guests.delete(key);
    const { network } = guest;
    const strangers = this.#strangers.get(network);
    strangers?.delete(guest);
    const left = (this.#counts.get(network) ?? 1) - 1;
    if (left > 0) this.#counts.set(network, left);
    else {
      this.#counts.delete(network);
      this.#strangers.delete(network);
    }
  }
}

function keyOf({ address, port }: Pick<Connection, 'address' | 'port'>): string {
  return `${address} ${port}`;
}
