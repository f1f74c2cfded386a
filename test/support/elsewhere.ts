/**
 * The places to which a hostile device would like the gateway to go: listeners beside the device, on real sockets,
 * and a watch on every address that this process tries at all, for those where nobody can listen.
 */
import { createSocket, Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, Socket } from 'node:net';
import { jest } from '@jest/globals';

/** Where the device is, and all that is configured. */
export const DEVICE_HOST = '127.0.0.3';

/** What `localhost` and its other spellings lead to, and the host next to the device. */
const PLACES = ['127.0.0.2', '127.0.0.1', '::1'] as const;
const ATTEMPTS = 20;

export class Elsewhere {
  /** The same at every place, for TCP and UDP. */
  readonly port: number;
  readonly #servers: Server[] = [];
  readonly #sockets: UdpSocket[] = [];
  #arrivals = 0;

  private constructor(port: number) {
    this.port = port;
  }

  static async open(): Promise<Elsewhere> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const elsewhere = new Elsewhere(port);
      try {
        for (const place of PLACES) await elsewhere.#listen(place);
        return elsewhere;
      } catch (error) {
        await elsewhere.close();
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Connections and datagrams so far. */
  get arrivals(): number {
    return this.#arrivals;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve));
  }

  async #listen(place: string): Promise<void> {
    const server = createServer((socket) => {
      this.#arrivals += 1;
      socket.on('error', () => undefined).destroy();
    });
    server.listen(this.port, place);
    await once(server, 'listening');
    this.#servers.push(server);
    const socket = createSocket(isIPv6(place) ? 'udp6' : 'udp4');
    this.#sockets.push(socket);
    socket.on('message', () => {
      this.#arrivals += 1;
    });
    socket.bind(this.port, place);
    await once(socket, 'listening');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, PLACES[0]);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Hosts to which a socket of this process was told to connect or send, as they were given to it. */
export class Tried {
  readonly #hosts: string[] = [];
  readonly #spies = [
    jest.spyOn(Socket.prototype, 'connect'),
    jest.spyOn(UdpSocket.prototype, 'send'),
  ] as const;

  /** Each once. */
  get hosts(): string[] {
    const [connect, send] = this.#spies;
    for (const [first] of connect.mock.calls as unknown[][]) this.#hosts.push(hostOf(first));
    for (const call of send.mock.calls as unknown[][]) this.#hosts.push(addressOf(call));
    return [...new Set(this.#hosts)];
  }

  stop(): void {
    for (const spy of this.#spies) spy.mockRestore();
  }
}

/** `connect` is given its options, or what Node made of its arguments: a list that begins with them. */
function hostOf(first: unknown): string {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  const known = typeof options === 'object' && options !== null && 'host' in options;
  return known ? String(options.host) : `unreadable: ${JSON.stringify(options)}`;
}

/** `send(datagram, port, address, callback)`. */
function addressOf([, , address]: readonly unknown[]): string {
  return String(address);
}
