/** Bytes to and from a camera, whatever carries them: a socket, TLS, or a tunnel through HTTP. */
import type { Socket } from 'node:net';

export interface Link {
  /** The address that the camera knows us by. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** Written, and not taken by the system yet. */
  readonly unsentBytes: number;
  write(bytes: Buffer): void;
  /** Begins to hand on what arrives; called once. */
  receive(handlers: LinkHandlers): void;
  destroy(): void;
}

export interface LinkHandlers {
  /** `chunk` is a view that nobody writes to again. */
  data(chunk: Buffer): void;
  /** Called once, unless the link was destroyed from this side. */
  ended(cause?: Error): void;
}

/** One socket, plain or TLS. */
export class SocketLink implements Link {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  receive(handlers: LinkHandlers): void {
    receiveFrom(this.#socket, handlers);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Hands on what a socket reads from now on, and its end, which may have been already. */
export function receiveFrom(socket: Socket, handlers: LinkHandlers): void {
  socket.on('data', (chunk: Buffer) => handlers.data(chunk));
  socket.on('error', (cause) => handlers.ended(cause));
  socket.on('close', () => handlers.ended());
  if (socket.destroyed) handlers.ended(socket.errored ?? undefined);
  else socket.resume();
}
