import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Clock, Timer } from '../src/core/clock.ts';
import {
  BINARY_HEADER_LENGTH,
  type ClientMessage,
  type ServerMessage,
  SUBPROTOCOL,
} from '../src/server/protocol.ts';
import type { GatewayProcess } from './gateway-process.ts';

/** One binary message of the live socket. */
export interface Message {
  readonly receivedUs: number;
  readonly init: boolean;
  readonly keyFrame: boolean;
  /** When the picture reached the gateway: the same on all channels, and so its name. */
  readonly captureUnixUs: number;
  /** MP4. */
  readonly bytes: Buffer;
}

type OnMessage = (message: Message) => void;

/** A viewer on the live socket that looks at the clock first and does everything else after it. */
export class Viewer {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #channels = new Map<number, OnMessage>();
  #resume: Timer | undefined;

  private constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#read(data, isBinary));
  }

  static async connect({ socketUrl, token }: GatewayProcess, clock: Clock): Promise<Viewer> {
    const socket = new WebSocket(socketUrl, SUBPROTOCOL, {
      headers: { authorization: `Bearer ${token.reveal()}` },
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    const viewer = new Viewer(socket, clock);
    viewer.#say({
      type: 'hello',
      protocol: 1,
      codecs: ['avc1.42C028', 'avc1.640028'],
      formats: ['fmp4'],
      client: 'bench',
    });
    return viewer;
  }

  watch(channel: number, camera: string, quality: string, onMessage: OnMessage): void {
    this.#channels.set(channel, onMessage);
    this.#say({ type: 'watch', channel, camera, quality });
  }

  unwatch(channel: number): void {
    this.#channels.delete(channel);
    this.#say({ type: 'unwatch', channel });
  }

  /** Reads no more than this from now on; what the system has taken for it waits there. */
  throttle(kbps: number): void {
    let owedUntilMs = this.#clock.nowMs();
    this.#socket.on('message', (data: Buffer) => {
      const nowMs = this.#clock.nowMs();
      owedUntilMs = Math.max(owedUntilMs, nowMs) + (data.length * 8) / kbps;
      this.#socket.pause();
      this.#resume?.cancel();
      this.#resume = this.#clock.setTimer(owedUntilMs - nowMs, () => this.#socket.resume());
    });
  }

  /** Reads nothing more. */
  stall(): void {
    this.#socket.pause();
  }

  cut(): void {
    this.#resume?.cancel();
    this.#socket.terminate();
  }

  async stop(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #read(data: Buffer, isBinary: boolean): void {
    const receivedUs = this.#clock.unixUs();
    if (!isBinary) {
      complain(JSON.parse(data.toString('utf8')));
      return;
    }
    this.#channels.get(data.readUInt16BE(2))?.({
      receivedUs,
      init: data[0] === 1,
      keyFrame: data[0] === 2 && ((data[1] ?? 0) & 1) === 1,
      captureUnixUs: Number(data.readBigUInt64BE(8)),
      bytes: data.subarray(BINARY_HEADER_LENGTH),
    });
  }

  #say(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }
}

/** A benchmark of refusals would be a fast one. */
function complain(message: ServerMessage): void {
  if (message.type === 'error') throw new Error(`the gateway says: ${message.message}`);
  if (message.type === 'ended' && message.code !== 'unwatched') {
    throw new Error(`the gateway ended a channel: ${message.reason}`);
  }
}
