import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';
import { codeOf } from '../../core/errors.ts';
import { RtspFramer } from '../../video/rtsp/framing.ts';
import {
  type HeaderInit,
  RtspHeaders,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  rtspResponse,
  serializeResponse,
} from '../../video/rtsp/message.ts';

/** Answers one request. The reply is complete but for CSeq. */
export type RequestHandler = (request: RtspRequest) => Promise<Answer>;

export interface Answer {
  readonly response: RtspResponse;
  /** Runs after the response has been written: media follow the reply to PLAY. */
  readonly afterwards?: () => void;
  /** Nothing is answered and the connection is cut. */
  readonly cut?: boolean;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly handle: RequestHandler;
  /** A frame came in: a report of somebody who watches. */
  readonly onFrame: () => void;
  readonly clock: Clock;
  /** Whoever asks nothing for so long and watches nothing is put out. */
  readonly idleMs: number;
  readonly watching: () => boolean;
}

/** Requests that wait for their turn; a player sends one after the other. */
const MAX_WAITING = 16;

/** One client's connection: requests in order, frames of reports in between. */
export class RtspConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #framer: RtspFramer;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #idle: Timer | undefined;

  constructor(options: ConnectionOptions) {
    const { socket, onFrame } = options;
    this.#options = options;
    this.#socket = socket;
    this.#framer = new RtspFramer(
      { message: (message) => this.#message(message), interleaved: onFrame },
      { maxSkippedBytes: 0 },
    );
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => this.#read(chunk));
    socket.once('close', () => this.#idle?.cancel());
    this.#watchIdle();
  }

  #read(chunk: Buffer): void {
    if (this.#socket.writableEnded) return;
    try {
      this.#framer.push(chunk);
    } catch (error) {
      const status = codeOf(error) === 'rtsp-too-large' ? 413 : 400;
      this.#socket.write(serializeResponse(rtspResponse(status)));
      this.#socket.destroySoon();
    }
  }

  #message(message: RtspMessage): void {
    if (message.kind !== 'request') return;
    this.#watchIdle();
    this.#waiting += 1;
    if (this.#waiting > MAX_WAITING) this.#socket.destroy();
    this.#last = this.#last.then(() => this.#answer(message)).catch(() => this.#cut());
  }

  async #answer(request: RtspRequest): Promise<void> {
    if (this.#socket.destroyed) return;
    const { response, afterwards, cut } = await this.#options.handle(request);
    this.#waiting -= 1;
    if (cut) this.#cut();
    if (this.#socket.destroyed) return;
    const cseq = request.headers.get('CSeq');
    if (cseq !== undefined) response.headers.set('CSeq', cseq);
    this.#socket.write(serializeResponse(response));
    afterwards?.();
  }

  #cut(): void {
    this.#socket.destroy();
  }

  #watchIdle(): void {
    const { clock, idleMs, watching } = this.#options;
    this.#idle?.cancel();
    this.#idle = clock.setTimer(idleMs, () => {
      if (watching()) this.#watchIdle();
      else this.#cut();
    });
  }
}

export function answer(status: number, headers: HeaderInit = new RtspHeaders()): Answer {
  return { response: rtspResponse(status, headers) };
}
