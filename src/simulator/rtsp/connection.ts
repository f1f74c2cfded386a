import type { Socket } from 'node:net';
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

/** Requests that wait for their turn; a player sends one after the other. */
const MAX_WAITING = 16;

/** One client's connection: requests in order, frames of reports in between. */
export class RtspConnection {
  readonly socket: Socket;
  readonly #handle: RequestHandler;
  readonly #onFrame: () => void;
  readonly #framer: RtspFramer;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(socket: Socket, handle: RequestHandler, onFrame: () => void) {
    this.socket = socket;
    this.#handle = handle;
    this.#onFrame = onFrame;
    this.#framer = new RtspFramer(
      { message: (message) => this.#message(message), interleaved: () => this.#onFrame() },
      { maxSkippedBytes: 0 },
    );
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => this.#read(chunk));
  }

  #read(chunk: Buffer): void {
    try {
      this.#framer.push(chunk);
    } catch (error) {
      this.socket.end(
        serializeResponse(rtspResponse(codeOf(error) === 'rtsp-too-large' ? 413 : 400)),
      );
    }
  }

  #message(message: RtspMessage): void {
    if (message.kind !== 'request') return;
    this.#waiting += 1;
    if (this.#waiting > MAX_WAITING) this.socket.destroy();
    this.#last = this.#last.then(() => this.#answer(message));
  }

  async #answer(request: RtspRequest): Promise<void> {
    if (this.socket.destroyed) return;
    const { response, afterwards, cut } = await this.#handle(request);
    this.#waiting -= 1;
    if (cut) this.socket.destroy();
    if (this.socket.destroyed) return;
    const cseq = request.headers.get('CSeq');
    if (cseq !== undefined) response.headers.set('CSeq', cseq);
    this.socket.write(serializeResponse(response));
    afterwards?.();
  }
}

export function answer(status: number, headers: HeaderInit = new RtspHeaders()): Answer {
  return { response: rtspResponse(status, headers) };
}
