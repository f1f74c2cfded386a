/**
 * One connection to an RTSP server, over TCP, TLS or HTTP: requests matched to replies by CSeq,
 * interleaved frames, requests of the server. Knows nothing of sessions.
 */
import type { Clock, Timer } from '../../core/clock.ts';
import { AbortedError, asError } from '../../core/errors.ts';
import type { HttpSigner } from '../../core/http-signer.ts';
import type { Credentials } from '../../core/secret.ts';
import { Authenticator } from './authenticator.ts';
import { CameraError, refusedCredentials } from './errors.ts';
import { RtspFramer } from './framing.ts';
import { openTunnel } from './http-tunnel.ts';
import { type Link, SocketLink } from './link.ts';
import {
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  rtspRequest,
  rtspResponse,
  serializeRequest,
  serializeResponse,
} from './message.ts';
import { withinDeadline } from './open-socket.ts';
import type { TlsTrust } from './tls-trust.ts';

export interface ConnectionOptions {
  host: string;
  port: number;
  tls?: boolean;
  trust?: TlsTrust | undefined;
  /** Path and query of the stream, when RTSP goes through HTTP (or HTTPS) at that port. */
  tunnelPath?: string | undefined;
  credentials?: Credentials | undefined;
  /** For RTSP, with what is known of the server; made of the above unless given. */
  signer?: HttpSigner | undefined;
  clock: Clock;
  /** For connecting, and for each request. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** Receives what arrives between the replies. */
export interface MediaHandler {
  /**
   * `payload` is overwritten after this returns. `captureUnixUs`: when the chunk that holds the last
   * byte was read from the socket.
   */
  interleaved(channel: number, payload: Buffer, captureUnixUs: number): void;
  /** Framing was lost and found again; the frame before may be corrupt. */
  lostStep(): void;
}

const DEFAULT_TIMEOUT_MS = 5_000;
/** A camera that does not read gets nothing beyond this: no report, no answer, no request. */
export const MAX_UNSENT_BYTES = 65_536;
const USER_AGENT = 'liveview-gateway';

interface Pending {
  resolve(response: RtspResponse): void;
  reject(error: Error): void;
  timer: Timer;
}

export class RtspConnection {
  readonly #link: Link;
  readonly #options: ConnectionOptions;
  readonly #authenticator: Authenticator;
  readonly #pending = new Map<number, Pending>();
  readonly #framer: RtspFramer;
  #media: MediaHandler | undefined;
  #cseq = 0;
  #readUnixUs = 0;
  #failure: Error | undefined;
  #reportEnd: (error: Error) => void = () => undefined;
  /** Resolves once, with the reason, when the connection is over; never rejects. */
  readonly ended: Promise<Error>;

  private constructor(link: Link, options: ConnectionOptions) {
    this.#link = link;
    this.#options = options;
    this.#authenticator = new Authenticator({
      credentials: options.credentials,
      signer: options.signer,
    });
    this.#framer = new RtspFramer({
      message: (message) => this.#message(message),
      interleaved: (channel, payload) =>
        this.#media?.interleaved(channel, payload, this.#readUnixUs),
      lostStep: () => this.#media?.lostStep(),
    });
    this.ended = new Promise((resolve) => {
      this.#reportEnd = resolve;
    });
    link.receive({
      data: (chunk) => this.#data(chunk),
      ended: (cause) => this.#end(cause instanceof CameraError ? cause : closed(cause)),
    });
  }

  /**
   * @throws CameraError `camera-unreachable`, and of TLS `camera-tls-failed`,
   *   `camera-certificate-untrusted`, `camera-certificate-changed`, of a tunnel `tunnel-refused`; the
   *   signal's reason when it aborts.
   */
  static async open(options: ConnectionOptions): Promise<RtspConnection> {
    return new RtspConnection(await openLink(options), options);
  }

  get localAddress(): string {
    return this.#link.localAddress;
  }

  get remoteAddress(): string {
    return this.#link.remoteAddress;
  }

  receiveMedia(handler: MediaHandler): void {
    this.#media = handler;
  }

  /**
   * Sends a request and waits for its reply, whatever its status. A 401 is answered once.
   *
   * @throws CameraError `camera-timeout`, `camera-closed`, `camera-refused-credentials`.
   */
  async request(
    method: string,
    uri: string,
    headers: Record<string, string> = {},
    timeoutMs = this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  ): Promise<RtspResponse> {
    const first = await this.#exchange(method, uri, headers, timeoutMs);
    if (first.status !== 401) return first;
    this.#authenticator.challenged(first);
    const second = await this.#exchange(method, uri, headers, timeoutMs);
    if (second.status === 401) throw refusedCredentials(true);
    return second;
  }

  /** Writes an interleaved frame; dropped when the camera does not read. */
  sendInterleaved(channel: number, payload: Buffer): void {
    const header = Buffer.from([0x24, channel, payload.length >> 8, payload.length & 0xff]);
    this.#write(Buffer.concat([header, payload]));
  }

  destroy(): void {
    this.#end(new AbortedError('the RTSP connection'));
  }

  #exchange(
    method: string,
    uri: string,
    headers: Record<string, string>,
    timeoutMs: number,
  ): Promise<RtspResponse> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#cseq += 1;
    const cseq = this.#cseq;
    const signature = this.#authenticator.sign(method, uri);
    const request = rtspRequest(method, uri, { CSeq: String(cseq), ...headers });
    if (signature !== undefined) request.headers.set('Authorization', signature);
    request.headers.set('User-Agent', USER_AGENT);
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(timeoutMs, () => {
        this.#pending.delete(cseq);
        reject(timedOut(method, timeoutMs));
      });
      this.#pending.set(cseq, { resolve, reject, timer });
      this.#write(serializeRequest(request));
    });
  }

  #data(chunk: Buffer): void {
    this.#readUnixUs = this.#options.clock.unixUs();
    try {
      this.#framer.push(chunk);
    } catch (error) {
      this.#end(asError(error));
    }
  }

  #message(message: RtspMessage): void {
    if (message.kind === 'request') this.#answer(message);
    else this.#reply(message);
  }

  /** Devices that leave out CSeq get away with it while only one request waits. */
  #reply(response: RtspResponse): void {
    if (response.status < 200) return;
    const sent = response.headers.get('CSeq');
    const [only] = this.#pending.size === 1 ? this.#pending.keys() : [];
    const cseq = sent === undefined ? only : Number.parseInt(sent, 10);
    const pending = cseq === undefined ? undefined : this.#pending.get(cseq);
    if (!pending || cseq === undefined) return;
    this.#pending.delete(cseq);
    pending.timer.cancel();
    pending.resolve(response);
  }

  /** Servers ask whether we are alive; anything else is not for us. */
  #answer(request: RtspRequest): void {
    const alive = ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER'].includes(request.method);
    const response = rtspResponse(alive ? 200 : 501);
    const cseq = request.headers.get('CSeq');
    if (cseq !== undefined) response.headers.set('CSeq', cseq);
    this.#write(serializeResponse(response));
  }

  /** A request that is not sent is not answered either: it ends at its deadline. */
  #write(bytes: Buffer): void {
    if (this.#failure || this.#link.unsentBytes > MAX_UNSENT_BYTES) return;
    this.#link.write(bytes);
  }

  #end(reason: Error): void {
    if (this.#failure) return;
    this.#failure = reason;
    this.#media = undefined;
    this.#link.destroy();
    for (const { reject, timer } of this.#pending.values()) {
      timer.cancel();
      reject(reason);
    }
    this.#pending.clear();
    this.#reportEnd(reason);
  }
}

async function openLink(options: ConnectionOptions): Promise<Link> {
  const { host, port, tls = false, tunnelPath } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const endpoint = { host, port, tls };
  if (tunnelPath !== undefined) {
    return openTunnel(endpoint, { ...options, timeoutMs, path: tunnelPath });
  }
  return withinDeadline(endpoint, { ...options, timeoutMs }, (signal) =>
    SocketLink.open(endpoint, options.trust, signal),
  );
}

function closed(cause?: Error): CameraError {
  return new CameraError(
    'camera-closed',
    'the camera closed the RTSP connection; it is connected again',
    { cause },
  );
}

function timedOut(method: string, timeoutMs: number): CameraError {
  return new CameraError(
    'camera-timeout',
    `the camera did not answer ${method} within ${timeoutMs} ms; it may be overloaded`,
    { context: { method, timeoutMs } },
  );
}
