import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { asError, LiveViewError } from '../../core/errors.ts';

export type PanelTransport = 'tcp' | 'udp' | 'tls';

export interface LineOptions {
  readonly transport: PanelTransport;
  readonly host: string;
  readonly port: number;
  /** For TLS: the authority that signed the receiver's certificate, PEM; the system's unless given. */
  readonly ca?: string | undefined;
  /** For TLS: the panel's own certificate and key, PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A way to a receiver. */
export interface PanelLine {
  readonly isOpen: boolean;
  write(bytes: Buffer): void;
  /** Gives what comes in from now on; the newest listener alone. */
  listen(onBytes: (bytes: Buffer) => void): void;
  close(): void;
}

const CONNECT_MS = 5_000;

/** @throws LiveViewError `panel-unreachable` */
export async function openLine(options: LineOptions): Promise<PanelLine> {
  try {
    return options.transport === 'udp' ? await udpLine(options) : await streamLine(options);
  } catch (cause) {
    const { transport, host, port } = options;
    throw new LiveViewError(
      'panel-unreachable',
      `no receiver answers at ${host}:${port} by ${transport.toUpperCase()}; see that the gateway runs and listens there`,
      { cause },
    );
  }
}

async function streamLine(options: LineOptions): Promise<PanelLine> {
  const { transport, host, port, ca, cert, key } = options;
  const trust = { ca, cert, key, servername: isName(host) ? host : '' };
  const isTls = transport === 'tls';
  const socket: Socket = isTls ? connectTls({ host, port, ...trust }) : connectTcp({ host, port });
  let onBytes: (bytes: Buffer) => void = () => undefined;
  socket.on('data', (bytes: Buffer) => onBytes(bytes));
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', {
      signal: AbortSignal.timeout(CONNECT_MS),
    });
  } catch (error) {
    socket.destroy();
    throw asError(error);
  }
  socket.on('error', () => socket.destroy());
  return {
    get isOpen() {
      return !socket.destroyed && socket.writable;
    },
    write: (bytes) => socket.write(bytes),
    listen: (listener) => {
      onBytes = listener;
    },
    close: () => socket.destroy(),
  };
}

async function udpLine({ host, port }: LineOptions): Promise<PanelLine> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  let onBytes: (bytes: Buffer) => void = () => undefined;
  let isOpen = true;
  socket.on('message', (bytes) => onBytes(bytes));
  socket.connect(port, host);
  try {
    await once(socket, 'connect');
  } catch (error) {
    socket.close();
    throw error;
  }
  // Nobody listens there: the next message finds out again.
  socket.on('error', () => undefined);
  return {
    get isOpen() {
      return isOpen;
    },
    write: (bytes) => socket.send(bytes, () => undefined),
    listen: (listener) => {
      onBytes = listener;
    },
    close: () => {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}

/** An address is no name for a certificate to be asked by. */
function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !isIPv6(host);
}
