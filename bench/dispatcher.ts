import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Clock } from '../src/core/clock.ts';
import { type ClientMessage, type ServerMessage, SUBPROTOCOL } from '../src/server/protocol.ts';

type Typed<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** Something that was heard, and when; Unix µs of the shared clock. */
interface Heard<T> {
  readonly atUs: number;
  readonly message: T;
}

/** A control room on the live socket: asks, and hears what becomes of it. */
export class Dispatcher {
  readonly #socket: WebSocket;
  readonly #waiting: {
    readonly fits: (message: ServerMessage) => boolean;
    hear(heard: Heard<ServerMessage>): void;
  }[] = [];
  #onPicture: (channel: number, keyFrame: boolean, atUs: number) => void = () => undefined;

  private constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const atUs = clock.unixUs();
      if (!isBinary) this.#hear(JSON.parse(data.toString('utf8')), atUs);
      else if (data[0] === 2) {
        this.#onPicture(data.readUInt16BE(2), ((data[1] ?? 0) & 1) === 1, atUs);
      }
    });
  }

  static async connect(police: string, token: string, clock: Clock): Promise<Dispatcher> {
    const url = new URL('/v1/live', police).href.replace(/^http/, 'ws');
    const socket = new WebSocket(url, SUBPROTOCOL, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    const dispatcher = new Dispatcher(socket, clock);
    dispatcher.say({ type: 'hello', protocol: 1, codecs: ['avc1.640028'], formats: ['fmp4'] });
    return dispatcher;
  }

  say(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The next message of a type that fits. */
  hears<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Typed<T>) => boolean = () => true,
  ): Promise<Heard<Typed<T>>> {
    const isIt = (message: ServerMessage): message is Typed<T> =>
      message.type === type && fits(message as Typed<T>);
    return new Promise((resolve) => {
      this.#waiting.push({
        fits: isIt,
        hear: (heard) => resolve(heard as Heard<Typed<T>>),
      });
    });
  }

  onPicture(look: (channel: number, keyFrame: boolean, atUs: number) => void): void {
    this.#onPicture = look;
  }

  /** When the next key frame of a channel is here. */
  keyFrame(channel: number): Promise<number> {
    return new Promise((resolve) => {
      this.onPicture((at, keyFrame, atUs) => {
        if (at === channel && keyFrame) resolve(atUs);
      });
    });
  }

  async stop(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #hear(message: ServerMessage, atUs: number): void {
    if (message.type === 'error') throw new Error(`the gateway says: ${message.message}`);
    for (const wait of this.#waiting.filter(({ fits }) => fits(message))) {
      this.#waiting.splice(this.#waiting.indexOf(wait), 1);
      wait.hear({ atUs, message });
    }
  }
}
