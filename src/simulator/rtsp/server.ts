import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Credentials } from '../../core/secret.ts';
import { RtspConnection } from './connection.ts';
import { DigestCheck } from './digest-check.ts';
import { LIMITS, type Mount, type OwnedSession, type RtspServerLimits } from './model.ts';
import { RequestDesk } from './request-desk.ts';
import type { RtpFeed } from './rtp-feed.ts';

export interface RtspServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<RtspServerLimits>;
}

const REALM = 'LiveView virtual camera';

/** Serves streams by path over RTSP (RFC 2326), to several clients at once. */
export class RtspServer {
  readonly #options: RtspServerOptions;
  readonly #limits: RtspServerLimits;
  readonly #server: Server;
  readonly #mounts = new Map<string, Mount>();
  readonly #sessions = new Set<OwnedSession>();
  readonly #sockets = new Set<Socket>();

  constructor(options: RtspServerOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = this.#limits.connections;
  }

  /** Resolves with the port. @throws LiveViewError `rtsp-listen-failed`. */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    this.#server.listen({ host, port });
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw new LiveViewError(
        'rtsp-listen-failed',
        `the RTSP server cannot listen on ${host}:${port}; choose another port`,
        { cause },
      );
    }
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const path of [...this.#mounts.keys()]) this.switchOff(path);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** @param path `/shop-1/main`. */
  mount(path: string, feed: RtpFeed): void {
    this.#mounts.set(path, { feed, on: true });
  }

  switchOn(path: string): void {
    const mount = this.#mounts.get(path);
    if (mount) mount.on = true;
  }

  /** Ends the sessions of this path, cuts their connections, and stops the feed. */
  switchOff(path: string): void {
    const mount = this.#mounts.get(path);
    if (!mount) return;
    mount.on = false;
    for (const { session, socket } of [...this.#sessions]) {
      if (session.path !== path) continue;
      session.end('closed');
      socket.destroy();
    }
    mount.feed.stop();
  }

  /** How many watch a path, or all together. */
  viewers(path?: string): number {
    const sessions = [...this.#sessions];
    return sessions.filter(({ session }) => path === undefined || session.path === path).length;
  }

  #accept(socket: Socket): void {
    const { clock, credentials, log } = this.#options;
    this.#sockets.add(socket);
    const desk = new RequestDesk({
      socket,
      digest: new DigestCheck(clock, credentials, REALM, this.#limits.nonceLifeMs),
      mounts: this.#mounts,
      sessions: this.#sessions,
      limits: this.#limits,
      clock,
      log,
    });
    new RtspConnection({
      socket,
      handle: (request) => desk.answer(request),
      onFrame: () => desk.touchAll(),
      clock,
      idleMs: this.#limits.sessionTimeoutS * 1000,
      watching: () => desk.watching,
    });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      desk.close();
    });
  }
}
