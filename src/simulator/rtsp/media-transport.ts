import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { isIPv6 } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { framedFor, packetsOf, type RtpPicture } from './rtp-picture.ts';
import type { Pair } from './transport-header.ts';

/** How the pictures of one session reach its client. */
export interface MediaTransport {
  /** For the Transport header of the reply. */
  readonly header: string;
  /** False while what was sent before has not left: the picture must not be sent. */
  readonly ready: boolean;
  send(picture: RtpPicture): void;
  sendControl(bytes: Buffer): void;
  close(): void;
}

/** A connection that holds more than this is not being read. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** Inside the RTSP connection (RFC 2326 §10.12). */
export class InterleavedTransport implements MediaTransport {
  readonly header: string;
  readonly #socket: Socket;
  readonly #channels: Pair;

  constructor(socket: Socket, channels: Pair) {
    this.#socket = socket;
    this.#channels = channels;
    this.header = `RTP/AVP/TCP;unicast;interleaved=${channels.join('-')}`;
  }

  get ready(): boolean {
    return this.#socket.writableLength < MAX_UNSENT_BYTES;
  }

  send(picture: RtpPicture): void {
    this.#socket.write(framedFor(picture, this.#channels[0]));
  }

  sendControl(bytes: Buffer): void {
    const header = Buffer.of(0x24, this.#channels[1], bytes.length >> 8, bytes.length & 0xff);
    this.#socket.write(Buffer.concat([header, bytes]));
  }

  /** The connection stays: it belongs to the client's requests. */
  close(): void {}
}

/** A client that joins gets a whole group of pictures; its receive buffer holds a few. */
const UDP_SPACING_MS = 4;
const MAX_QUEUED = 100;
const PORT_ATTEMPTS = 20;

/** Two ports of ours to two ports of the client, always from the ports that were announced. */
export class UdpTransport implements MediaTransport {
  readonly header: string;
  readonly #sockets: readonly [UdpSocket, UdpSocket];
  readonly #address: string;
  readonly #ports: Pair;
  readonly #clock: Clock;
  #queue: RtpPicture[] = [];
  #timer: Timer | undefined;

  private constructor(options: {
    sockets: readonly [UdpSocket, UdpSocket];
    address: string;
    ports: Pair;
    clock: Clock;
    onControl: () => void;
  }) {
    this.#sockets = options.sockets;
    this.#address = options.address;
    this.#ports = options.ports;
    this.#clock = options.clock;
    const own = options.sockets.map((socket) => socket.address().port);
    this.header = `RTP/AVP;unicast;client_port=${this.#ports.join('-')};server_port=${own.join('-')}`;
    for (const socket of this.#sockets) socket.on('error', () => undefined);
    this.#sockets[1].on('message', (_, from) => {
      if (from.address === this.#address) options.onControl();
    });
  }

  /** @throws LiveViewError `no-port` when no two neighbouring ports are free. */
  static async open(options: {
    localAddress: string;
    address: string;
    ports: Pair;
    clock: Clock;
    /** The client sent a report: it is there. */
    onControl: () => void;
  }): Promise<UdpTransport> {
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      const first = await bind(options.localAddress, 0);
      const port = first?.address().port ?? 0;
      const second = port % 2 === 0 ? await bind(options.localAddress, port + 1) : undefined;
      if (first && second) return new UdpTransport({ ...options, sockets: [first, second] });
      first?.close();
    }
    throw new LiveViewError('no-port', 'no pair of UDP ports is free; close other programs');
  }

  get ready(): boolean {
    return this.#queue.length < MAX_QUEUED;
  }

  send(picture: RtpPicture): void {
    if (this.#timer) this.#queue.push(picture);
    else this.#sendNow(picture);
  }

  sendControl(bytes: Buffer): void {
    this.#sockets[1].send(bytes, this.#ports[1], this.#address, () => undefined);
  }

  close(): void {
    this.#timer?.cancel();
    this.#queue = [];
    for (const socket of this.#sockets) socket.close();
  }

  #sendNow(picture: RtpPicture): void {
    for (const packet of packetsOf(picture)) {
      this.#sockets[0].send(packet, this.#ports[0], this.#address, () => undefined);
    }
    this.#timer = this.#clock.setTimer(UDP_SPACING_MS, () => {
      this.#timer = undefined;
      const next = this.#queue.shift();
      if (next) this.#sendNow(next);
    });
  }
}

function bind(address: string, port: number): Promise<UdpSocket | undefined> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
