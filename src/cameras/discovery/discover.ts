import { randomUUID } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Clock, sleep } from '../../core/clock.ts';
import { asError, LiveViewError } from '../../core/errors.ts';
import type { DiscoveredDevice } from './device.ts';
import { Findings, type FindingsOptions } from './findings.ts';
import { chooseInterfaces, isOnNetworkOf, type LocalInterface } from './interfaces.ts';
import { PROBE_TYPES, probeMessage } from './messages.ts';

export type { DiscoveredDevice } from './device.ts';

export interface DiscoverOptions extends FindingsOptions {
  /** All interfaces with an IPv4 address, loopback excepted, unless one is named. */
  readonly interfaceName?: string;
  /** How long to listen in all. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends the search early; what was found so far is returned. */
  readonly signal?: AbortSignal;
  /** Port that probes are sent to and Hello and Bye are heard on; 3702 unless told. */
  readonly port?: number;
}

const GROUP = '239.255.255.250';
const PORT = 3702;
/** UDP loses datagrams and devices delay their answers: each probe is sent again. */
const ROUNDS_AT_MS = [0, 600, 1_600];

/**
 * Looks for ONVIF devices on the local networks.
 *
 * @throws LiveViewError `unknown-interface`, which names the interfaces that exist;
 *   `discovery-failed` when no socket could be opened.
 */
export async function discover(options: DiscoverOptions): Promise<DiscoveredDevice[]> {
  const interfaces = chooseInterfaces(options.interfaceName);
  const search = new Search(options, interfaces);
  try {
    await search.open();
    await search.run();
  } finally {
    search.close();
  }
  return search.findings.devices();
}

interface Opened {
  readonly socket: Socket;
  readonly on: LocalInterface;
}

class Search {
  readonly findings: Findings;
  readonly #options: DiscoverOptions;
  readonly #interfaces: readonly LocalInterface[];
  readonly #port: number;
  readonly #probing: Opened[] = [];
  #listening: Socket | undefined;

  constructor(options: DiscoverOptions, interfaces: readonly LocalInterface[]) {
    this.#options = options;
    this.#interfaces = interfaces;
    this.#port = options.port ?? PORT;
    this.findings = new Findings(options);
  }

  /** A socket an interface; one of them missing is no reason to stop. */
  async open(): Promise<void> {
    await this.#hear().catch((error) => this.#options.log.debug('Hello is not heard', { error }));
    let cause: unknown;
    for (const on of this.#interfaces) {
      await this.#openOn(on).catch((error) => {
        cause = error;
        this.#options.log.warn('no discovery on this interface', { interface: on.name, error });
      });
    }
    if (this.#probing.length > 0) return;
    const names = this.#interfaces.map(({ name }) => name).join(', ');
    throw new LiveViewError('discovery-failed', `discovery cannot use ${names}`, { cause });
  }

  async run(): Promise<void> {
    const { clock, timeoutMs, signal } = this.#options;
    const timers = ROUNDS_AT_MS.filter((atMs) => atMs < timeoutMs).map((atMs) =>
      clock.setTimer(atMs, () => this.#probe()),
    );
    try {
      await sleep(clock, timeoutMs, signal);
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      for (const timer of timers) timer.cancel();
    }
  }

  close(): void {
    for (const { socket } of this.#probing) socket.close();
    this.#listening?.close();
  }

  async #openOn(on: LocalInterface): Promise<void> {
    const socket = this.#create((datagram, from) => this.findings.hear(datagram, from, on.name));
    await bind(socket, 0, on.address);
    socket.setMulticastInterface(on.address);
    socket.setMulticastTTL(1);
    this.#probing.push({ socket, on });
  }

  /** Devices that come or go meanwhile say Hello or Bye to everyone, on the well-known port. */
  async #hear(): Promise<void> {
    const socket = this.#create((datagram, from) => {
      const on = this.#interfaces.find((each) => isOnNetworkOf(each, from.address));
      if (on) this.findings.hear(datagram, from, on.name);
    });
    await bind(socket, this.#port, GROUP);
    this.#listening = socket;
    for (const on of this.#interfaces) this.#join(socket, on);
  }

  /** An interface with several addresses is joined by the first, and refuses the others. */
  #join(socket: Socket, { name, address }: LocalInterface): void {
    try {
      socket.addMembership(GROUP, address);
    } catch (error) {
      this.#options.log.debug('Hello and Bye are not heard', { interface: name, address, error });
    }
  }

  #create(onMessage: (datagram: Buffer, from: RemoteInfo) => void): Socket {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', (error) => this.#options.log.warn('discovery socket', { error }));
    socket.on('message', onMessage);
    return socket;
  }

  #probe(): void {
    for (const { socket, on } of this.#probing) {
      for (const type of PROBE_TYPES) {
        const id = randomUUID();
        this.findings.expect(id);
        socket.send(probeMessage(type, `urn:uuid:${id}`), this.#port, GROUP, (error) => {
          if (error) this.#options.log.warn('probe not sent', { interface: on.name, error });
        });
      }
    }
  }
}

/** Resolves when bound; a socket that could not be bound is closed. */
function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: unknown) => {
      socket.close();
      reject(asError(error));
    };
    socket.once('error', onError);
    socket.bind({ port, address }, () => {
      socket.off('error', onError);
      resolve();
    });
  });
}
