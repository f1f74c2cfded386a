import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import type { LiveViewError } from '../../core/errors.ts';
import { listenError } from '../../core/listen-error.ts';
import { TLS_FLOOR } from '../../core/tls-floor.ts';
import { Connections } from './connections.ts';
import type { Frame } from './framing.ts';
import { PanelStream } from './stream.ts';

const HANDSHAKE_MS = 10_000;

export type PanelTls = Pick<
  TlsOptions,
  'cert' | 'key' | 'ca' | 'requestCert' | 'rejectUnauthorized'
>;

export interface TcpListenerOptions {
  readonly clock: Clock;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The connections are TLS then, 1.2 or newer. */
  readonly tls?: PanelTls;
  readonly maxConnections: () => number;
  readonly answer: (frame: Frame, address: string) => Buffer | undefined;
  readonly onForeign: (address: string, error: LiveViewError) => void;
}

/** Panels over TCP, in the clear or in TLS. */
export class TcpListener {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #connections: Connections;

  constructor(options: TcpListenerOptions) {
    const { clock, tls, maxConnections } = options;
    this.#options = options;
    this.#connections = new Connections(clock, maxConnections);
    if (tls) {
      const bounds = { handshakeTimeout: HANDSHAKE_MS, ...TLS_FLOOR };
      const server = createTlsServer({ ...tls, ...bounds });
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
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#connections.closeAll();
    await closed;
  }

  #serve(socket: Socket): void {
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
