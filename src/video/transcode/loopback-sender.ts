import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Clock, sleep } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';

const LOOPBACK = '127.0.0.1';
const PORT_TRIES = 20;
const ASK_EVERY_MS = 10;
/** Datagrams that are on their way at a time: a whole picture at once would overflow the receiver's buffer. */
const BATCH = 16;

/** Two ports in a row, the first of them even (RFC 3550 §11). */
export interface PortPair {
  readonly port: number;
  /** Until then nobody else in this process is given them; harmless the second time. */
  release(): void;
}

type Bind = (port: number) => Promise<Pick<Socket, 'address' | 'close'> | undefined>;

/** The even ones of pairs that are given. */
const GIVEN = new Set<number>();

/**
 * Two ports that nobody has at this moment; whoever is to have them takes them afterwards, or finds
 * that another program was faster.
 *
 * @throws LiveViewError `no-udp-port`.
 */
export async function freePortPair(bind: Bind = bound): Promise<PortPair> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const first = await bind(0);
    const { port = 0 } = first?.address() ?? {};
    const even = port - (port % 2);
    const other = port % 2 === 0 ? port + 1 : port - 1;
    const second = first && other <= 65_535 ? await bind(other) : undefined;
    first?.close();
    second?.close();
    if (second && !GIVEN.has(even)) return given(even);
  }
  throw new LiveViewError('no-udp-port', 'no two UDP ports in a row are free on the loopback');
}

function given(port: number): PortPair {
  GIVEN.add(port);
  let isGiven = true;
  return {
    port,
    release: () => {
      if (isGiven) GIVEN.delete(port);
      isGiven = false;
    },
  };
}

/** One of 127.0.0.0/8 that nobody else here is likely to send from. */
export function randomLoopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

async function bound(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  socket.bind(port, LOOPBACK);
  try {
    await once(socket, 'listening');
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}

/** Sends datagrams to one port of the loopback, a few at a time and in order. */
export class LoopbackSender {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #onTheirWay = 0;
  #refusals = 0;
  #closed = false;

  private constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    // Nobody listens, yet or any more; that is found out where it matters.
    socket.on('error', () => {
      this.#refusals += 1;
    });
  }

  /** @param from the address on the loopback by which it is known. */
  static async open(port: number, from: string, clock: Clock): Promise<LoopbackSender> {
    const socket = createSocket('udp4');
    socket.bind(0, from);
    await once(socket, 'listening');
    socket.connect(port, LOOPBACK);
    await once(socket, 'connect');
    return new LoopbackSender(socket, clock);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Resolves when somebody listens: until then a datagram is refused (ICMP), which the next one is told.
   *
   * @param knock a datagram that means nothing to whoever listens.
   */
  async heard(knock: Buffer): Promise<void> {
    while (!this.#closed) {
      const before = this.#refusals;
      await this.#sendOne(knock);
      await this.#sendOne(knock);
      if (this.#refusals === before) return;
      await sleep(this.#clock, ASK_EVERY_MS);
    }
  }

  send(datagram: Buffer): void {
    if (this.#closed) return;
    this.#queue.push(datagram);
    this.#queuedBytes += datagram.length;
    this.#pump();
  }

  /** What is still to be sent is not. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#socket.close();
  }

  #pump(): void {
    if (this.#onTheirWay > 0 || this.#closed) return;
    for (const datagram of this.#queue.splice(0, BATCH)) {
      this.#onTheirWay += 1;
      this.#queuedBytes -= datagram.length;
      void this.#sendOne(datagram).then(() => {
        this.#onTheirWay -= 1;
        this.#pump();
      });
    }
  }

  /** Never rejects: what is refused is counted. */
  #sendOne(datagram: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) {
        resolve();
        return;
      }
      this.#socket.send(datagram, (error) => {
        if (error) this.#refusals += 1;
        resolve();
      });
    });
  }
}
