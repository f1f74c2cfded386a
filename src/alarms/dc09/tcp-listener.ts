import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import type { LiveViewError } from '../../core/errors.ts';
import { listenError } from '../../core/listen-error.ts';
import type { TlsSource } from '../../core/tls/files.ts';
import { Peers } from '../../core/tls/peers.ts';
import { Connections } from './connections.ts';
import type { Frame } from './framing.ts';
import { PanelStream } from './stream.ts';

const HANDSHAKE_MS = 10_000;

export interface TcpListenerOptions {
  readonly clock: Clock;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The connections are TLS then. */
  readonly tls?: TlsSource;
  readonly maxConnections: () => number;
  readonly answer: (frame: Frame, address: string) => Buffer | undefined;
  readonly onForeign: (address: string, error: LiveViewError) => void;
}

/** Panels over TCP, in the clear or in TLS. */
export class TcpListener {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #peers: Peers | undefined;

  constructor(options: TcpListenerOptions) {
    const { clock, tls, maxConnections } = options;
    this.#options = options;
    this.#connections = new Connections(clock, maxConnections);
    if (tls) {
      const { options: shown } = tls.material;
      const server = createTlsServer({ ...shown, handshakeTimeout: HANDSHAKE_MS });
      this.#peers = new Peers({ clock, source: tls });
      this.#peers.attach(server);
      server.on('secureConnection', (socket) => this.#serve(socket));
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      this.#server = server;
    } else {
      this.#server = createServer((socket) => this.#serve(socket));
    }
    // Before the handshake, so that those who never finish it count.
    this.#server.prependListener('connection', (socket) => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 60_000);
      this.#connections.admit(socket);
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  /** @throws LiveViewError `address-in-use`, `address-unavailable`, `port-not-permitted`. */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    this.#server.listen({ host, port });
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw listenError(cause, host, port);
    }
    this.#server.on('error', () => undefined);
  }

  async stop(): Promise<void> {
    this.#peers?.stop();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#connections.closeAll();
    await closed;
  }

  #serve(socket: Socket): void {
    if (socket.destroyed) return;
    const { clock, answer, onForeign } = this.#options;
    const { remoteAddress: address = '' } = socket;
    new PanelStream(socket, {
      clock,
      answer: (frame) => {
        if (frame.isIntact) this.#connections.heard(socket);
        return answer(frame, address);
      },
      onForeign: (error) => onForeign(address, error),
    });
  }
}
