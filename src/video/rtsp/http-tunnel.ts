/**
 * RTSP through HTTP, for firewalls that let nothing else pass (Apple's scheme, which ONVIF calls
 * RTP/RTSP/HTTP/TCP): two connections that a cookie joins.
 *
 *   GET  /path HTTP/1.0    x-sessioncookie: C    its reply never ends: what the camera sends
 *   POST /path HTTP/1.0    x-sessioncookie: C    its body never ends: what we send, in base64
 *
 * What passes is RTSP with interleaved frames, as over one socket.
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { asError } from '../../core/errors.ts';
import type { Credentials } from '../../core/secret.ts';
import { Authenticator } from './authenticator.ts';
import { CameraError, refusedCredentials } from './errors.ts';
import { type Link, type LinkHandlers, receiveFrom } from './link.ts';
import { parseHead, RTSP_LIMITS, RtspMessageError, type RtspResponse } from './message.ts';
import { type Endpoint, type OpenOptions, openSocket, withinDeadline } from './open-socket.ts';

export interface TunnelOptions extends OpenOptions {
  /** Path and query of the stream. */
  path: string;
  credentials?: Credentials | undefined;
}

const MIME_TYPE = 'application/x-rtsp-tunnelled';
/** The scheme has no length to announce; this is what its clients write, and servers expect. */
const ANNOUNCED_BYTES = 32_767;
/** Times that a camera may close the upper half before the tunnel counts as broken. */
const MAX_POSTS = 1_000;

/**
 * @throws CameraError `tunnel-refused`, `camera-refused-credentials`, and those of `openSocket`; the
 *   signal's reason when it aborts.
 */
export function openTunnel(endpoint: Endpoint, options: TunnelOptions): Promise<Link> {
  return withinDeadline(endpoint, options, async (signal) => {
    const door = new TunnelDoor(endpoint, options, randomBytes(11).toString('hex'));
    const down = await door.get(signal);
    const up = await door.post(signal).catch((error: unknown) => {
      down.socket.destroy();
      throw error;
    });
    return new TunnelLink(down, up, () =>
      withinDeadline(endpoint, options, (again) => door.post(again)),
    );
  });
}

/** The lower half, and what came behind the head of its reply. */
interface Down {
  socket: Socket;
  rest: Buffer;
}

/** Opens the two halves. */
class TunnelDoor {
  readonly #endpoint: Endpoint;
  readonly #options: TunnelOptions;
  readonly #cookie: string;
  readonly #authenticator: Authenticator;

  constructor(endpoint: Endpoint, options: TunnelOptions, cookie: string) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#cookie = cookie;
    this.#authenticator = new Authenticator(options);
  }

  /** A 401 is answered once, on a connection of its own. */
  async get(signal: AbortSignal): Promise<Down> {
    const first = await this.#tryGet(signal);
    if (!('status' in first)) return first;
    if (first.status !== 401) throw tunnelRefused('GET', first.status);
    this.#authenticator.challenged(first);
    const second = await this.#tryGet(signal);
    if (!('status' in second)) return second;
    throw second.status === 401 ? refusedCredentials(true) : tunnelRefused('GET', second.status);
  }

  /** The camera does not answer to it, unless it refuses. */
  async post(signal: AbortSignal): Promise<Socket> {
    const socket = await openSocket(this.#endpoint, this.#options.trust, signal);
    socket.write(
      this.#head('POST', [
        `Content-Type: ${MIME_TYPE}`,
        `Content-Length: ${ANNOUNCED_BYTES}`,
        'Expires: Sun, 9 Jan 1972 00:00:00 GMT',
      ]),
    );
    return socket;
  }

  async #tryGet(signal: AbortSignal): Promise<Down | RtspResponse> {
    const socket = await openSocket(this.#endpoint, this.#options.trust, signal);
    socket.write(this.#head('GET', [`Accept: ${MIME_TYPE}`]));
    try {
      const { head, rest } = await readHead(socket);
      if (head.status < 300 && isTunnel(head)) return { socket, rest };
      socket.destroy();
      return head;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  #head(method: string, fields: readonly string[]): string {
    const { host } = this.#endpoint;
    const signature = this.#authenticator.sign(method, this.#options.path);
    const lines = [
      `${method} ${this.#options.path} HTTP/1.0`,
      `Host: ${host.includes(':') ? `[${host}]` : host}:${this.#endpoint.port}`,
      'User-Agent: liveview-gateway',
      `x-sessioncookie: ${this.#cookie}`,
      ...fields,
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      ...(signature === undefined ? [] : [`Authorization: ${signature}`]),
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }
}

class TunnelLink implements Link {
  readonly #down: Down;
  readonly #openPost: () => Promise<Socket>;
  /** Undefined while the upper half is opened anew. */
  #up: Socket | undefined;
  #queue = '';
  #posts = 1;
  #handlers: LinkHandlers | undefined;
  #isOver = false;

  constructor(down: Down, up: Socket, openPost: () => Promise<Socket>) {
    this.#down = down;
    this.#openPost = openPost;
    this.#use(up);
  }

  get localAddress(): string {
    return this.#down.socket.localAddress ?? '';
  }

  get remoteAddress(): string {
    return this.#down.socket.remoteAddress ?? '';
  }

  get unsentBytes(): number {
    return this.#queue.length + (this.#up?.writableLength ?? 0);
  }

  /** Each message is a piece of base64 by itself, padded. */
  write(bytes: Buffer): void {
    const text = bytes.toString('base64');
    if (this.#up?.writable) this.#up.write(text);
    else this.#writeLater(text);
  }

  receive(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    const { socket, rest } = this.#down;
    if (rest.length > 0) handlers.data(rest);
    receiveFrom(socket, { data: handlers.data, ended: (cause) => this.#end(cause) });
  }

  destroy(): void {
    this.#isOver = true;
    this.#down.socket.destroy();
    this.#up?.destroy();
  }

  #use(up: Socket): void {
    this.#up = up;
    up.on('data', (chunk: Buffer) => {
      const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(chunk.toString('latin1', 0, 16))?.[1]);
      if (status >= 300) this.#end(tunnelRefused('POST', status));
    });
    if (this.#queue !== '') up.write(this.#queue);
    this.#queue = '';
  }

  /** Servers and proxies close the upper half when its announced length is used up. */
  #writeLater(text: string): void {
    this.#queue += text;
    if (this.#up === undefined || this.#isOver) return;
    this.#up.destroy();
    this.#up = undefined;
    this.#posts += 1;
    if (this.#posts > MAX_POSTS) {
      this.#end(tunnelRefused('POST', 0));
      return;
    }
    this.#openPost().then(
      (up) => {
        if (this.#isOver) up.destroy();
        else this.#use(up);
      },
      (error: unknown) => this.#end(asError(error)),
    );
  }

  #end(cause?: Error): void {
    if (this.#isOver) return;
    this.destroy();
    this.#handlers?.ended(cause);
  }
}

/** A web page is none, whatever its status. */
function isTunnel({ headers }: RtspResponse): boolean {
  return headers.get('Content-Type')?.toLowerCase().startsWith(MIME_TYPE) ?? true;
}

/** The head of a reply, which has the form of an RTSP one. */
function readHead(socket: Socket): Promise<{ head: RtspResponse; rest: Buffer }> {
  let held: Buffer = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const onClose = () => reject(tunnelRefused('GET', 0));
    socket.once('close', onClose);
    const onData = (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      const end = held.indexOf('\r\n\r\n');
      const { headBytes } = RTSP_LIMITS;
      if (end < 0 && held.length <= headBytes) return;
      socket.off('data', onData).off('close', onClose).pause();
      const isWhole = end >= 0 && end <= headBytes;
      const head = isWhole ? parseHttpHead(held.toString('latin1', 0, end + 2)) : undefined;
      if (head) resolve({ head, rest: held.subarray(end + 4) });
      else reject(tunnelRefused('GET', 0));
    };
    socket.on('data', onData);
  });
}

/** Undefined for what is no head of a reply; throws nothing, for it is called when bytes arrive. */
export function parseHttpHead(text: string): RtspResponse | undefined {
  if (!/^HTTP\/1\.\d \d{3}/.test(text)) return undefined;
  try {
    const head = parseHead(text.replace(/^HTTP/, 'RTSP'));
    return head.kind === 'response' ? head : undefined;
  } catch (error) {
    if (error instanceof RtspMessageError) return undefined;
    throw error;
  }
}

/** @param status 0 when what came is no reply. */
function tunnelRefused(method: string, status: number): CameraError {
  const said = status === 0 ? 'did not answer as one' : `answered ${method} with ${status}`;
  return new CameraError(
    'tunnel-refused',
    `the camera ${said} when asked for RTSP over HTTP; check stream.httpPort, and that the camera offers it`,
    { context: { method, status } },
  );
}
