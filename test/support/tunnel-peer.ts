/**
 * The HTTP side of a camera that offers RTSP through it (Apple's scheme), in front of a scripted RTSP peer:
 * decodes what is posted, and hands the peer a stream as if it were one socket.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { ScriptedRtspPeer } from './scripted-rtsp-peer.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** As sent, below the request line. */
  readonly head: string;
}

export interface TunnelScript {
  /** The reply to a GET or POST up to the empty line; a GET that gets 200 opens the tunnel. */
  reply?: (request: HttpRequest) => string | undefined;
  tls?: { cert: string; key: string };
}

const OPEN = 'HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled';

/** Bytes from the posts, bytes to the one GET. */
class Tunnel extends Duplex {
  readonly #down: Socket;
  #text = '';

  constructor(down: Socket) {
    super();
    this.#down = down;
    down.on('close', () => this.destroy());
  }

  posted(text: string): void {
    this.#text += text;
    const whole = this.#text.length - (this.#text.length % 4);
    // Pieces end in padding of their own, so each is decoded by itself.
    for (const piece of this.#text.slice(0, whole).match(/[^=]+={0,2}/g) ?? []) {
      this.push(Buffer.from(piece, 'base64'));
    }
    this.#text = this.#text.slice(whole);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#down.write(chunk);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#down.destroy();
    done(error);
  }
}

export class TunnelPeer {
  readonly requests: HttpRequest[] = [];
  /** Sockets of the POSTs, newest last. */
  readonly posts: Socket[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #tunnels = new Map<string, Tunnel>();
  readonly #camera: ScriptedRtspPeer;
  readonly #reply: (request: HttpRequest) => string | undefined;

  private constructor(camera: ScriptedRtspPeer, script: TunnelScript) {
    this.#camera = camera;
    this.#reply = script.reply ?? (({ method }) => (method === 'GET' ? OPEN : undefined));
    const onSocket = (socket: Socket) => this.#accept(socket);
    this.#server = script.tls ? createTlsServer(script.tls, onSocket) : createServer(onSocket);
  }

  static async start(camera: ScriptedRtspPeer, script: TunnelScript = {}): Promise<TunnelPeer> {
    const peer = new TunnelPeer(camera, script);
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    let tunnel: Tunnel | undefined;
    socket.on('data', (chunk) => {
      if (tunnel) {
        tunnel.posted(chunk.toString('latin1'));
        return;
      }
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      tunnel = this.#begin(socket, text.slice(0, end));
      tunnel?.posted(text.slice(end + 4));
    });
  }

  /** The tunnel that a POST writes into. */
  #begin(socket: Socket, text: string): Tunnel | undefined {
    const [line = '', ...fields] = text.split('\r\n');
    const [method = '', path = ''] = line.split(' ');
    const request = { method, path, head: fields.join('\r\n') };
    this.requests.push(request);
    const cookie = /x-sessioncookie: (\S+)/.exec(request.head)?.[1] ?? '';
    const reply = this.#reply(request);
    if (reply !== undefined) socket.write(`${reply}\r\n\r\n`);
    if (method === 'POST') {
      this.posts.push(socket);
      return this.#tunnels.get(cookie);
    }
    if (!reply?.includes(' 200 ')) {
      if (reply !== undefined) socket.end();
    } else {
      const tunnel = new Tunnel(socket);
      this.#tunnels.set(cookie, tunnel);
      this.#camera.connect(tunnel);
    }
    return undefined;
  }
}
