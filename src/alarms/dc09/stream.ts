import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import { Dc09Framer, type Frame } from './framing.ts';

/** Twenty messages a second after a burst of two hundred: enough for one that speaks for many panels. */
const FRAME_COST_MS = 50;
const BYTES_PER_MS = 64;
const CREDIT_MS = 10_000;
/** Replies that are not taken. */
const MAX_UNSENT_BYTES = 16 * 1024;

export interface StreamOptions {
  readonly clock: Clock;
  readonly answer: (frame: Frame) => Buffer | undefined;
  /** What comes is not DC-09; the connection is closed. */
  readonly onForeign: (error: LiveViewError) => void;
}

/** Reads one connection and answers on it, one message after the other. */
export class PanelStream {
  readonly #options: StreamOptions;
  readonly #socket: Socket;
  readonly #framer: Dc09Framer;
  /** Time that what came in is worth; whoever sends more than a panel does is read more slowly. */
  #debtMs = 0;
  #atMs: number;
  #rest: Timer | undefined;

  constructor(socket: Socket, options: StreamOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#atMs = options.clock.nowMs();
    this.#framer = new Dc09Framer((frame) => this.#answer(frame));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#rest?.cancel());
  }

  #take(chunk: Buffer): void {
    const nowMs = this.#options.clock.nowMs();
    this.#debtMs = Math.max(0, this.#debtMs - (nowMs - this.#atMs)) + chunk.length / BYTES_PER_MS;
    this.#atMs = nowMs;
    try {
      this.#framer.push(chunk);
    } catch (error) {
      this.#socket.destroy();
      if (!(error instanceof LiveViewError)) throw error;
      this.#options.onForeign(error);
    }
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#socket.destroy();
    if (this.#debtMs > CREDIT_MS) this.#pause(this.#debtMs - CREDIT_MS);
  }

  #answer(frame: Frame): void {
    this.#debtMs += FRAME_COST_MS;
    const reply = this.#options.answer(frame);
    if (reply && !this.#socket.destroyed) this.#socket.write(reply);
  }

  #pause(forMs: number): void {
    this.#socket.pause();
    this.#rest = this.#options.clock.setTimer(forMs, () => this.#socket.resume());
  }
}
