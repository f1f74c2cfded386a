/** A connection to a camera that is there within a deadline or not at all, plain or TLS. */
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { TimeoutError } from '../../core/errors.ts';
import { CameraError, unreachable } from './errors.ts';
import { distrust, type TlsTrust } from './tls-trust.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface OpenOptions {
  clock: Clock;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** For TLS: what the camera's certificate is judged by. */
  trust?: TlsTrust | undefined;
}

/**
 * Runs `work` on sockets of an endpoint. They are destroyed when its signal aborts, which it does at the
 * deadline, and never once the work has succeeded.
 *
 * @throws CameraError `camera-unreachable` at the deadline; the signal's reason when it aborts.
 */
export async function withinDeadline<T>(
  { host, port }: Endpoint,
  { clock, timeoutMs, signal }: OpenOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await withDeadline(clock, 'the camera', timeoutMs, work, signal);
  } catch (error) {
    throw error instanceof TimeoutError ? unreachable(host, port, error) : error;
  }
}

/**
 * @param signal destroys the socket, whenever it aborts.
 * @param onread takes what arrives instead of `data` listeners; not with TLS.
 * @throws CameraError `camera-unreachable`, `camera-tls-failed`, `camera-certificate-untrusted`,
 *   `camera-certificate-changed`. Nothing has been written to a camera that is not trusted.
 */
export function openSocket(
  endpoint: Endpoint,
  trust: TlsTrust | undefined,
  signal: AbortSignal,
  onread?: OnReadOpts,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = endpoint.tls ? openTls(endpoint, trust, reject) : openPlain(endpoint, onread);
    const { host, port } = endpoint;
    let reached = false;
    socket.once('connect', () => {
      reached = true;
    });
    // Stays: an error while nobody else listens is no reason to end the process.
    socket.on('error', (cause) => {
      reject(reached ? tlsFailed(endpoint, cause) : unreachable(host, port, cause));
    });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once(endpoint.tls ? 'secureConnect' : 'connect', () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true);
      resolve(socket);
    });
  });
}

function openPlain({ host, port }: Endpoint, onread: OnReadOpts | undefined): Socket {
  return connect({ host, port, ...(onread ? { onread } : {}) });
}

/**
 * The certificate is judged here and not by Node, so that a refusal can say which one was shown. The
 * judge listens first: whoever waits for `secureConnect` after it has a trusted camera.
 */
function openTls(
  { host, port }: Endpoint,
  trust: TlsTrust | undefined,
  refuse: (reason: CameraError) => void,
): TLSSocket {
  const socket = tlsConnect({
    ...{ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.2' },
    ...(isIP(host) ? {} : { servername: host }),
    ...(trust?.ca === undefined ? {} : { ca: trust.ca }),
  });
  socket.once('secureConnect', () => {
    const reason = distrust(socket, host, trust);
    if (!reason) return;
    refuse(reason);
    socket.destroy();
  });
  return socket;
}

function tlsFailed({ host, port }: Endpoint, cause: unknown): CameraError {
  return new CameraError(
    'camera-tls-failed',
    `the camera at ${host} port ${port} does not speak TLS 1.2 or later there; ` +
      'check that this is its RTSPS (or HTTPS) port, and its TLS settings',
    { cause, context: { host, port } },
  );
}
