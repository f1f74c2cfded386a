/**
 * Two UDP sockets, one for RTP and one for RTCP (RFC 3550 §11): on neighbouring ports of ours, the
 * even one first, or on the ports of a multicast group. Over unicast only the camera's address is heard;
 * which of its ports it sends from is its own affair.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { CameraError } from './errors.ts';
import { plainAddress, type Senders } from './senders.ts';

export interface UdpPairOptions {
  /** The address that the camera knows us by. */
  localAddress: string;
  clock: Clock;
  /** 0…1; chooses the ports to try. */
  random?: () => number;
}

/** A multicast group as a camera announces it (RFC 2326 §12.39, RFC 4566 §5.7). */
export interface MulticastGroup {
  readonly address: string;
  readonly ports: readonly [rtp: number, rtcp: number];
  /** The only sender, when it was announced (RFC 4607). */
  readonly source: string | undefined;
  /** How many routers our reports may pass. */
  readonly ttl: number;
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
  /** Of RTP; over unicast it is even, and RTCP is the next. */
  readonly port: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #clock: Clock;
  #heardRtcpFrom: number | undefined;

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
      const rtp = await bind(port, localAddress).catch(() => undefined);
      const rtcp = rtp && (await bind(port + 1, localAddress).catch(() => undefined));
      if (rtp && rtcp) return new UdpPair(port, rtp, rtcp, clock);
      rtp?.close();
    }
    throw new CameraError(
      'no-udp-port',
      `no two neighbouring UDP ports are free; use transport tcp`,
    );
  }

  /**
   * Joins a group on the network that leads to the camera. Others on this machine may have joined it too.
   *
   * @throws CameraError `multicast-unavailable`
   */
  static async join(group: MulticastGroup, options: UdpPairOptions): Promise<UdpPair> {
    const [port, rtcpPort] = group.ports;
    const localAddress = plainAddress(options.localAddress);
    let rtp: Socket | undefined;
    try {
      rtp = await joined(group, port, localAddress);
      const rtcp = await joined(group, rtcpPort, localAddress);
      return new UdpPair(port, rtp, rtcp, options.clock);
    } catch (cause) {
      rtp?.close();
      throw new CameraError(
        'multicast-unavailable',
        `the multicast group ${group.address} of the camera cannot be joined on ${localAddress}; use transport tcp`,
        { cause, context: { group: group.address, port, localAddress } },
      );
    }
  }

  /** Where the camera's RTCP comes from; undefined until some came. */
  get heardRtcpFrom(): number | undefined {
    return this.#heardRtcpFrom;
  }

  receive(senders: Senders, handlers: UdpHandlers): void {
    this.#rtp.on('message', (datagram, { address }) => {
      if (!senders.ofRtp(plainAddress(address))) return;
      handlers.rtp(datagram, this.#clock.unixUs());
    });
    this.#rtcp.on('message', (datagram, { address, port }) => {
      if (!senders.ofRtcp(plainAddress(address))) return;
      this.#heardRtcpFrom = port;
      handlers.rtcp(datagram, this.#clock.unixUs());
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

/** 224.0.0.0/4 without 224.0.0.0/24, where routers and name services talk (RFC 5771 §4): our reports are not for them. */
export function isMulticast(address: string): boolean {
  const first = Number(address.split('.', 1)[0]);
  return isIPv4(address) && first >= 224 && first < 240 && !address.startsWith('224.0.0.');
}

/**
 * Bound to the group's own address, so that neither another group on the same port nor anything sent to
 * this machine alone is heard.
 */
async function joined(group: MulticastGroup, port: number, localAddress: string): Promise<Socket> {
  const socket = await bind(port, group.address, true);
  try {
    if (group.source !== undefined && isIPv4(group.source)) {
      socket.addSourceSpecificMembership(group.source, group.address, localAddress);
    } else {
      socket.addMembership(group.address, localAddress);
    }
    socket.setMulticastInterface(localAddress);
    socket.setMulticastTTL(group.ttl);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function bind(port: number, address: string, reuseAddr = false): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', reuseAddr });
    const onError = (error: Error) => {
      socket.close();
      reject(error);
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
