import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LiveViewError } from '../../core/errors.ts';

/** A request is at most this long; ONVIF requests are a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 64;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that have run out of time. */
const CHECKING_INTERVAL_MS = 1_000;

export class BodyTooLargeError extends LiveViewError {
  constructor() {
    super('body-too-large', `a request is at most ${MAX_BODY_BYTES} bytes`);
  }
}

class ListenError extends LiveViewError {
  constructor(host: string, port: number, cause: Error) {
    const advice = 'choose another port or an address of this machine';
    super('onvif-listen-failed', `no ONVIF device can listen on ${host}:${port}; ${advice}`, {
      cause,
      context: { host, port },
    });
  }
}

type Handler = (http: IncomingMessage, response: ServerResponse) => void;

/**
 * Listens, and resolves when it does. Slow, large and numerous clients are bounded.
 *
 * @throws LiveViewError `onvif-listen-failed`
 */
export function listen(host: string, port: number, handler: Handler): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECKING_INTERVAL_MS,
    },
    handler,
  );
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) => reject(new ListenError(host, port, cause));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve(server);
    });
  });
}

/** Stops listening and cuts every connection, as a device that loses its power does. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** @throws BodyTooLargeError; or what the socket failed with. */
export async function readBody(http: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // the stream must outlive a refusal, or the client would never read why
  for await (const chunk of http.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) throw new BodyTooLargeError();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

/** Where the client reaches us, seen from the connection itself. */
export function baseUrl(socket: Socket, advertisedHost: string | undefined): string {
  const local = (socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const host = advertisedHost ?? local;
  return `http://${host.includes(':') ? `[${host}]` : host}:${socket.localPort}`;
}
