/** Bytes to and from a camera, whatever carries them: a socket, TLS, or a tunnel through HTTP. */
import type { Socket } from 'node:net';
import { type Endpoint, openSocket } from './open-socket.ts';
import type { TlsTrust } from './tls-trust.ts';

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
  /** `chunk` is overwritten after this returns: what is kept of it is copied. */
  data(chunk: Buffer): void;
  /** Called once, unless the link was destroyed from this side. */
  ended(cause?: Error): void;
}

/**
 * Of all plain connections together, as each is done with it before the next reads. Node would allocate
 * as much for every read, several thousand times a second, and collect it again.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** One socket, plain or TLS. */
export class SocketLink implements Link {
  readonly #socket: Socket;
  readonly #reader: Reader | undefined;

  private constructor(socket: Socket, reader?: Reader) {
    this.#socket = socket;
    this.#reader = reader;
  }

  /** @throws as `openSocket`. */
  static async open(
    endpoint: Endpoint,
    trust: TlsTrust | undefined,
    signal: AbortSignal,
  ): Promise<SocketLink> {
    if (endpoint.tls) return new SocketLink(await openSocket(endpoint, trust, signal));
    const reader: Reader = { take: () => undefined };
    const onread = {
      buffer: READ_BUFFER,
      callback: (bytes: number): boolean => {
        reader.take(READ_BUFFER.subarray(0, bytes));
        return true;
      },
    };
    return new SocketLink(await openSocket(endpoint, trust, signal, onread), reader);
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
    if (this.#reader) this.#reader.take = (chunk) => handlers.data(chunk);
    receiveFrom(this.#socket, handlers);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** An RTSP server speaks when it is spoken to, so that nothing arrives before `receive`. */
interface Reader {
  take(chunk: Buffer): void;
}

/** Hands on what a socket reads from now on, and its end, which may have been already. */
export function receiveFrom(socket: Socket, handlers: LinkHandlers): void {
  socket.on('data', (chunk: Buffer) => handlers.data(chunk));
  socket.on('error', (cause) => handlers.ended(cause));
  socket.on('close', () => handlers.ended());
  if (socket.destroyed) handlers.ended(socket.errored ?? undefined);
  else socket.resume();
}
