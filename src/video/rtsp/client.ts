/**
 * Plays one media of one RTSP stream (RFC 2326 §10, appendix A). Each phase is a type of its own,
 * so that a misordered call does not compile:
 *
 *   describeStream() ─► Described ─ setUp() ─► SetUp ─ play() ─► Playing
 *
 * Whoever holds a phase owns the connection and calls `close()`, which tries TEARDOWN: a stale
 * session of some servers goes on sending into the next connection.
 */
import type { Clock } from '../../core/clock.ts';
import type { Credentials } from '../../core/secret.ts';
import { RtspConnection } from './connection.ts';
import { baseUrls, type ControlBase, controlUrls, wireUrl } from './control-url.ts';
import { CameraError, refusal } from './errors.ts';
import type { RtspResponse } from './message.ts';
import { redirected } from './redirect.ts';
import { parseSdp, type SdpMedia, type SessionDescription } from './sdp.ts';
import { type PacketHandlers, Session } from './session.ts';
import type { KnownStream, StreamMemory } from './stream-memory.ts';
import { parseStreamUrl, type StreamUrl } from './stream-url.ts';
import type { TlsTrust } from './tls-trust.ts';
import type { TransportKind } from './transport.ts';

export interface ClientOptions {
  /** `rtsp://host[:port]/path` or `rtsps://…`; user information in it is not used. */
  url: string;
  /** For rtsps: what the camera's certificate is judged by. */
  trust?: TlsTrust | undefined;
  /** RTSP goes through HTTP, or HTTPS for rtsps; `port` is 80 or 443 unless given. */
  tunnel?: { readonly port?: number | undefined } | undefined;
  credentials?: Credentials | undefined;
  /** Of this stream; what it has is not asked again. */
  memory?: StreamMemory | undefined;
  clock: Clock;
  /** For connecting, and for each request. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** 0…1; chooses UDP ports. */
  random?: () => number;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 305, 307, 308];

/**
 * Connects and asks what there is, following a few redirects within the host; or connects and knows it already.
 *
 * @throws CameraError, LiveViewError of the framing, or the signal's reason.
 */
export async function describeStream(options: ClientOptions): Promise<Described> {
  let url = parseStreamUrl(options.url);
  const known = options.memory?.recall(options.url);
  if (known) return new Described(await connect(known.url, options), known, options, true);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const described = await describe(await connect(url, options), url, options);
    if (described instanceof Described) return described;
    url = described;
  }
  throw new CameraError(
    'rtsp-redirect-loop',
    `the camera redirected more than ${MAX_REDIRECTS} times; configure the address it ends at`,
  );
}

function connect(url: StreamUrl, options: ClientOptions): Promise<RtspConnection> {
  const { credentials, memory } = options;
  const signer = credentials && memory?.signer(url, credentials);
  return RtspConnection.open({ ...options, ...whereTo(url, options), signer });
}

/** What is there, or where to ask instead. Closes the connection unless it succeeds. */
async function describe(
  connection: RtspConnection,
  url: StreamUrl,
  options: ClientOptions,
): Promise<Described | StreamUrl> {
  const release = closeOnAbort(connection, options.signal);
  try {
    const reply = await connection.request('DESCRIBE', url.text, { Accept: 'application/sdp' });
    const location = REDIRECTS.includes(reply.status) ? reply.headers.get('Location') : undefined;
    if (location === undefined) {
      mustSucceed('DESCRIBE', reply);
      const known = knownFrom(url, reply);
      options.memory?.remember(options.url, known);
      return new Described(connection, known, options, false);
    }
    connection.destroy();
    return redirected(url, location);
  } catch (error) {
    connection.destroy();
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    release();
  }
}

function knownFrom(url: StreamUrl, { headers, body }: RtspResponse): KnownStream {
  const base = headers.get('Content-Base') ?? headers.get('Content-Location');
  const contentBase = base === undefined ? undefined : wireUrl(base);
  return { url, contentBase, sdp: parseSdp(body.toString('utf8')) };
}

/** The stream is known; nothing has been reserved. */
class Described {
  readonly sdp: SessionDescription;
  /** The camera was not asked this time. */
  readonly recalled: boolean;
  readonly #connection: RtspConnection;
  readonly #base: ControlBase;
  readonly #options: ClientOptions;

  constructor(
    connection: RtspConnection,
    { url, contentBase, sdp }: KnownStream,
    options: ClientOptions,
    recalled: boolean,
  ) {
    this.#connection = connection;
    this.#base = { requestUrl: url.text, contentBase };
    this.#options = options;
    this.sdp = sdp;
    this.recalled = recalled;
  }

  /**
   * Reserves one media. After `transport-refused` it may be called again with the other transport.
   * Packets are handed on from here on, since some cameras send before they answer PLAY.
   *
   * @throws CameraError
   */
  async setUp(media: SdpMedia, kind: TransportKind, handlers: PacketHandlers): Promise<SetUp> {
    const session = new Session(this.#connection, { ...this.#options, handlers });
    const urls = controlUrls(this.#base, media.control).map(wireUrl);
    const release = closeOnAbort(this.#connection, this.#options.signal);
    try {
      await session.setUp(kind, urls, media);
      const aggregate = controlUrls(this.#base, this.sdp.control).map(wireUrl);
      return new SetUp(session, [...aggregate, ...baseUrls(this.#base), ...urls], this.#options);
    } catch (error) {
      session.release();
      throw this.#options.signal?.aborted ? this.#options.signal.reason : error;
    } finally {
      release();
    }
  }

  close(): void {
    this.#connection.destroy();
  }
}

/** The transport is agreed on; nothing is sent yet. */
class SetUp {
  readonly #session: Session;
  readonly #urls: string[];
  readonly #options: ClientOptions;

  constructor(session: Session, urls: string[], options: ClientOptions) {
    this.#session = session;
    this.#urls = [...new Set(urls)];
    this.#options = options;
  }

  /** The sender's SSRC if the camera announced it. */
  get ssrc(): number | undefined {
    return this.#session.ssrc;
  }

  /** @throws CameraError; the session is closed then. */
  async play(): Promise<Playing> {
    const { signal } = this.#options;
    try {
      await untilAbort(this.#session.play(this.#urls), signal);
      return new Playing(this.#session);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** Packets arrive at the handlers given to `setUp`. */
class Playing {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Resolves with the reason when the camera or the connection ended the session. */
  get ended(): Promise<Error> {
    return this.#session.ended;
  }

  sendRtcp(packet: Buffer): void {
    this.#session.sendRtcp(packet);
  }

  /** TEARDOWN, with a short deadline, and the end of the connection. Never rejects. */
  close(): Promise<void> {
    return this.#session.close();
  }
}

export type { Described, Playing, SetUp };

/** The result, or the signal's reason as soon as it aborts. */
function untilAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** A request in flight ends at once when its owner gives up. */
function closeOnAbort(connection: RtspConnection, signal: AbortSignal | undefined): () => void {
  const onAbort = () => connection.destroy();
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}

function mustSucceed(method: string, reply: RtspResponse): void {
  if (reply.status >= 300) throw refusal(method, reply.status, reply.reason);
}

function whereTo(url: StreamUrl, { tunnel }: ClientOptions) {
  const { host, port, tls, path } = url;
  if (!tunnel) return { host, port, tls };
  return { host, port: tunnel.port ?? (tls ? 443 : 80), tls, tunnelPath: path };
}
