import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { listenError } from '../../core/listen-error.ts';
import { TokenBucket } from '../../core/token-bucket.ts';
import { type Frame, framesOf } from './framing.ts';

/** Of all panels together. What is dropped is sent again. */
const DATAGRAMS = { atOnce: 1_000, perSecond: 500 };
/** Of one datagram. */
const MAX_FRAMES = 16;

export interface UdpListenerOptions {
  readonly clock: Clock;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly answer: (frame: Frame, address: string) => Buffer | undefined;
  readonly open?: (type: 'udp4' | 'udp6') => Socket;
}

/** Panels over UDP: a reply goes to the port that the message came from. */
export class UdpListener {
  readonly #options: UdpListenerOptions;
  readonly #bucket: TokenBucket;
  #socket: Socket | undefined;

  constructor(options: UdpListenerOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.clock, DATAGRAMS);
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#socket?.address().port ?? this.#options.port;
  }

  /** @throws LiveViewError `address-in-use`, `address-unavailable`, `port-not-permitted`. */
  async start(): Promise<void> {
    const { host, port, open = createSocket } = this.#options;
    const socket = open(isIPv6(host) ? 'udp6' : 'udp4');
    socket.on('message', (datagram, from) => this.#take(socket, datagram, from));
    socket.bind({ address: host, port });
    try {
      await once(socket, 'listening');
    } catch (cause) {
      socket.close();
      throw listenError(cause, host, port);
    }
    // That a panel's port is closed again comes back as an error of ours.
    socket.on('error', () => undefined);
    this.#socket = socket;
  }

  async stop(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }

  #take(socket: Socket, datagram: Buffer, { address, port }: RemoteInfo): void {
    // A sender may leave its port out (RFC 768): nobody to answer, and `send` would throw.
    if (port === 0 || this.#bucket.take() > 0) return;
    for (const frame of framesOf(datagram).slice(0, MAX_FRAMES)) {
      const reply = this.#options.answer(frame, address);
      if (reply) socket.send(reply, port, address, () => undefined);
    }
  }
}
