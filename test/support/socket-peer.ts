import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from './until.ts';

export type Received = { readonly type: string } & Record<string, unknown>;

/** The gateway's end of the live socket, playing a script: a real socket, no logic but `welcome`. */
export class SocketPeer {
  readonly #server: WebSocketServer;
  /** Every connection so far, oldest first. */
  readonly connections: PeerConnection[] = [];
  /** What is done with each new connection; says welcome to every hello unless changed. */
  onHello: (connection: PeerConnection) => void = (connection) => connection.welcome();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket, request) => {
      const connection = new PeerConnection(socket, request.url ?? '', (hello) =>
        this.onHello(hello),
      );
      this.connections.push(connection);
    });
  }

  static async start(): Promise<SocketPeer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new SocketPeer(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/live`;
  }

  /** The connection number `index`, waited for. */
  connection(index = 0): Promise<PeerConnection> {
    return until(`connection ${index}`, () => this.connections[index]);
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class PeerConnection {
  readonly received: Received[] = [];
  readonly socket: WebSocket;
  readonly url: string;

  constructor(socket: WebSocket, url: string, onHello: (connection: PeerConnection) => void) {
    this.socket = socket;
    this.url = url;
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Received;
      this.received.push(message);
      if (message.type === 'hello') onHello(this);
    });
  }

  /** The first message of this type (after `skip` others of it), waited for. */
  message(type: string, skip = 0): Promise<Received> {
    return until(`a ${type}`, () => this.all(type)[skip]);
  }

  all(type: string): Received[] {
    return this.received.filter((message) => message.type === type);
  }

  welcome(): void {
    this.send({
      type: 'welcome',
      session: 's1',
      user: 'anna',
      role: 'dispatcher',
      controlRoom: 'rotterdam',
      heartbeatMs: 300,
      serverTime: '2026-01-01T00:00:00.000Z',
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  sendMedia(header: MediaHeader, payload: Uint8Array = Buffer.from('payload')): void {
    this.socket.send(mediaMessage(header, payload));
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** The line is cut: no closing handshake. */
  cut(): void {
    this.socket.terminate();
  }
}

export interface MediaHeader {
  kind?: number;
  flags?: number;
  channel?: number;
  sequence?: number;
  captureUnixUs?: number;
}

/** A binary message as the gateway makes it. */
export function mediaMessage(header: MediaHeader, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16 + payload.length);
  bytes.writeUInt8(header.kind ?? 2, 0);
  bytes.writeUInt8(header.flags ?? 0, 1);
  bytes.writeUInt16BE(header.channel ?? 0, 2);
  bytes.writeUInt32BE(header.sequence ?? 0, 4);
  bytes.writeBigUInt64BE(BigInt(header.captureUnixUs ?? 0), 8);
  bytes.set(payload, 16);
  return bytes;
}
