/**
 * Two UDP sockets on neighbouring ports, the even one for RTP and the other for RTCP (RFC 3550
 * §11). Only the camera's address is heard; which of its ports it sends from is its own affair.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { CameraError } from './errors.ts';

export interface UdpPairOptions {
  /** The address that the camera knows us by. */
  localAddress: string;
  clock: Clock;
  /** 0…1; chooses the ports to try. */
  random?: () => number;
}

export interface UdpHandlers {
  rtp(datagram: Buffer, captureUnixUs: number): void;
  rtcp(datagram: Buffer, captureUnixUs: number): void;
}

const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 59_998;
const ATTEMPTS = 32;
/** Room for the burst of an intra picture while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

export class UdpPair {
  /** The even port; RTCP is the next. */
  readonly port: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #clock: Clock;

  private constructor(port: number, rtp: Socket, rtcp: Socket, clock: Clock) {
    this.port = port;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#clock = clock;
  }

  /** @throws CameraError `no-udp-port` when no pair of neighbours is free. */
  static async open(options: UdpPairOptions): Promise<UdpPair> {
    const { localAddress, clock, random = Math.random } = options;
    const pairs = (HIGHEST_PORT - LOWEST_PORT) / 2;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const port = LOWEST_PORT + 2 * Math.floor(random() * pairs);
      const rtp = await bind(port, localAddress);
      const rtcp = rtp && (await bind(port + 1, localAddress));
      if (rtp && rtcp) return new UdpPair(port, rtp, rtcp, clock);
      rtp?.close();
    }
    throw new CameraError(
      'no-udp-port',
      `no two neighbouring UDP ports are free; use transport tcp`,
    );
  }

  /** @param sources the addresses to hear. */
  receive(sources: readonly string[], handlers: UdpHandlers): void {
    const known = new Set(sources.map(plainAddress));
    this.#rtp.on('message', (datagram, from) => {
      if (known.has(plainAddress(from.address))) handlers.rtp(datagram, this.#clock.unixUs());
    });
    this.#rtcp.on('message', (datagram, from) => {
      if (known.has(plainAddress(from.address))) handlers.rtcp(datagram, this.#clock.unixUs());
    });
  }

  sendRtp(datagram: Buffer, port: number, address: string): void {
    this.#rtp.send(datagram, port, address, ignoreFailure);
  }

  sendRtcp(datagram: Buffer, port: number, address: string): void {
    this.#rtcp.send(datagram, port, address, ignoreFailure);
  }

  close(): void {
    this.#rtp.removeAllListeners('message').close();
    this.#rtcp.removeAllListeners('message').close();
  }
}

/** A socket, or undefined when the port is taken. */
function bind(port: number, address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const onError = () => {
      socket.close();
      resolve(undefined);
    };
    socket.once('error', onError);
    socket.bind({ port, address, exclusive: true }, () => {
      socket.off('error', onError);
      // A camera that closed its port makes the kernel report an error; silence is noticed anyway.
      socket.on('error', ignoreFailure);
      enlarge(socket);
      resolve(socket);
    });
  });
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // The system's own size then has to do.
  }
}

/** Reports and hole punching are repeated or unimportant. */
function ignoreFailure(): void {}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:/i, '').replace(/%.*$/, '');
}
