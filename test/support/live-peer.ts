import type { SecureContextOptions } from 'node:tls';
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../src/server/protocol.ts';
import type { ApiCaller } from './api-caller.ts';
import { until } from './until.ts';

type OfType<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** A plain speaker of the live socket: remembers what it is told, says what the test wants. */
export class LivePeer {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  /** Media fragments, and everything in MPEG-TS, by channel. */
  readonly media: {
    channel: number;
    bytes: number;
    keyFrame: boolean;
    captureUnixUs: number;
  }[] = [];
  mediaBytes = 0;
  closed: { code: number; reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        this.messages.push(JSON.parse(data.toString('utf8')));
        return;
      }
      this.mediaBytes += data.length;
      if (data[0] !== 2 && data[0] !== 3) return;
      const keyFrame = ((data[1] ?? 0) & 1) === 1;
      const captureUnixUs = Number(data.readBigUInt64BE(8));
      const channel = data.readUInt16BE(2);
      this.media.push({ channel, bytes: data.length - 16, keyFrame, captureUnixUs });
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('error', () => undefined);
  }

  /** Connects and waits for the welcome. @param codecs that it decodes. */
  static async connect(
    caller: ApiCaller,
    codecs: readonly string[] = ['avc1.640028'],
    formats: readonly ('fmp4' | 'mpeg1')[] = ['fmp4'],
    tls: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> = {},
  ): Promise<LivePeer> {
    const socket = new WebSocket(caller.socketUrl, 'liveview.v1', {
      headers: { ...caller.headers },
      ...tls,
    });
    const peer = new LivePeer(socket);
    await until('the socket opens', () => socket.readyState === WebSocket.OPEN);
    peer.say({ type: 'hello', protocol: 1, codecs: [...codecs], formats: [...formats] });
    await peer.hears('welcome');
    return peer;
  }

  say(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The newest message of a type that satisfies `test`, waiting for it. */
  hears<T extends ServerMessage['type']>(
    type: T,
    test: (message: OfType<T>) => boolean = () => true,
    timeoutMs?: number,
  ): Promise<OfType<T>> {
    const isWanted = (message: ServerMessage): message is OfType<T> =>
      message.type === type && test(message as OfType<T>);
    return until(`a message ${type}`, () => this.messages.findLast(isWanted), timeoutMs);
  }

  /** How the pictures are by the newest message that says so; undefined until one does. */
  condition(channel = 0): string | undefined {
    const isOf = (message: ServerMessage): message is OfType<'picture'> =>
      message.type === 'picture' && message.channel === channel;
    return this.messages.findLast(isOf)?.state;
  }

  async pictures(count: number, channel = 0, timeoutMs?: number): Promise<void> {
    const before = this.media.length;
    await until(
      `${count} pictures`,
      () => this.media.slice(before).filter((item) => item.channel === channel).length >= count,
      timeoutMs,
    );
  }

  close(): void {
    this.socket.close();
  }

  /** Cuts the connection without a goodbye, as a lost network does. */
  cut(): void {
    this.socket.terminate();
  }
}
