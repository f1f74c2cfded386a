import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../core/clock.ts';
import type { ServerMessage } from '../protocol.ts';
import { binaryFrameHead } from './frame.ts';

/** Media waits at its source while more than this is on its way to the viewer. */
export const MEDIA_BOUND = 256 * 1024;
/** A client that leaves this much unread is cut: text cannot be dropped. */
const TEXT_BOUND = 2 * 1024 * 1024;
/** What was on its way when a permit ended gets this long to arrive; then the connection is cut. */
const DRAIN_MS = 1_000;
const NO_HEADER = new Uint8Array(0);

/**
 * The sending half of one WebSocket. Media asks for room first and is told when there is room again;
 * the payload is handed over as it is, never copied. Its frames go past `ws`, which would make two of
 * header and payload, at a third more time for each viewer; without compression `ws` writes what it
 * sends at once, so that frames never mix.
 */
export class Link {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #onRoom: () => void;
  #waiting = false;
  #said = 0;
  /** One function for every fragment, not one each. */
  readonly #sent = () => {
    if (!this.#waiting || !this.askRoom()) return;
    this.#onRoom();
  };

  /** @param socket below `ws`, so that the frames of a message leave in one system call. */
  constructor(ws: WebSocket, socket: Duplex, clock: Clock, onRoom: () => void) {
    this.#ws = ws;
    this.#socket = socket;
    this.#clock = clock;
    this.#onRoom = onRoom;
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Whether media may be sent now. When not, `onRoom` is called once there is room. */
  askRoom(): boolean {
    this.#waiting = !this.isOpen || this.#ws.bufferedAmount >= MEDIA_BOUND;
    return !this.#waiting;
  }

  /** Characters of text so far. */
  get said(): number {
    return this.#said;
  }

  /** Bytes that have not left this process. */
  get backlog(): number {
    return this.#ws.bufferedAmount;
  }

  text(message: ServerMessage): void {
    this.#text(JSON.stringify(message));
  }

  /**
   * The header is left out by consumers that want plain media.
   *
   * @returns false when the connection is over: nothing was sent.
   */
  binary(payload: Buffer, header: Uint8Array = NO_HEADER): boolean {
    if (!this.isOpen) return false;
    this.#socket.cork();
    this.#socket.write(binaryFrameHead(header, payload.length));
    this.#socket.write(payload, this.#sent);
    this.#socket.uncork();
    return true;
  }

  /**
   * Tells that media has ended. Nothing is sent after it, and what the connection did not take
   * before must leave at once: a viewer that reads too slowly for that is cut.
   */
  ended(channel: number, end: { readonly code: string; readonly reason: string }): void {
    const late = this.#ws.bufferedAmount > 0;
    const { code, reason } = end;
    const timer = late ? this.#clock.setTimer(DRAIN_MS, () => this.cut()) : undefined;
    this.#text(JSON.stringify({ type: 'ended', channel, code, reason }), () => timer?.cancel());
  }

  /** @param code RFC 6455 §7.4; the reason is at most 123 bytes. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.#ws.close(code, reason);
    const timer = this.#clock.setTimer(DRAIN_MS, () => this.cut());
    this.#ws.once('close', () => timer.cancel());
  }

  /** At once; what has not left this process never will. */
  cut(): void {
    this.#ws.terminate();
  }

  #text(text: string, sent?: () => void): void {
    if (!this.isOpen) return;
    this.#said += text.length;
    if (this.#ws.bufferedAmount > TEXT_BOUND) this.cut();
    else this.#ws.send(text, sent);
  }
}
