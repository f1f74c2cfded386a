import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { RtspHeaders, type RtspRequest, rtspResponse } from '../../video/rtsp/message.ts';
import { type Answer, answer } from './connection.ts';
import type { DigestCheck } from './digest-check.ts';
import { InterleavedTransport, type MediaTransport, UdpTransport } from './media-transport.ts';
import type { Mount, OwnedSession, RtspServerLimits } from './model.ts';
import { describeStream, TRACK } from './sdp.ts';
import { Session } from './session.ts';
import { chooseTransport, type TransportRequest } from './transport-header.ts';

export interface RequestDeskOptions {
  readonly socket: Socket;
  readonly digest: DigestCheck;
  readonly mounts: ReadonlyMap<string, Mount>;
  /** Of all connections. */
  readonly sessions: Set<OwnedSession>;
  readonly limits: RtspServerLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

const METHODS =
  'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN' as const;
const TIMEOUT_GRACE = 1.2;

/** Answers the requests of one connection, and owns the sessions that it sets up. */
export class RequestDesk {
  readonly #options: RequestDeskOptions;
  readonly #own = new Map<string, Session>();

  constructor(options: RequestDeskOptions) {
    this.#options = options;
  }

  get watching(): boolean {
    return this.#own.size > 0;
  }

  async answer(request: RtspRequest): Promise<Answer> {
    const session = this.#own.get(sessionId(request));
    session?.touch();
    if (request.method === 'OPTIONS') return answer(200, { Public: METHODS });
    const refusal = this.#refusal(request);
    if (refusal) return refusal;
    const { path, track } = targetOf(request.uri);
    const mount = this.#options.mounts.get(path);
    if (!mount) return answer(404);
    if (!mount.on) return { ...answer(404), cut: true };
    if (request.method === 'DESCRIBE') return this.#describe(request, path, mount);
    if (request.method === 'SETUP') return this.#setup(request, path, track, mount);
    if (!session || session.path !== path) return answer(454);
    return inSession(request, session, mount);
  }

  /** A report came in: whoever sends those is there. */
  touchAll(): void {
    for (const session of this.#own.values()) session.touch();
  }

  close(): void {
    for (const session of [...this.#own.values()]) session.end('closed');
  }

  #refusal(request: RtspRequest): Answer | undefined {
    if (!METHODS.split(', ').includes(request.method)) return answer(501, { Public: METHODS });
    const verdict = this.#options.digest.verify(
      request.headers.get('Authorization'),
      request.method,
    );
    if (verdict !== 'accepted') {
      const challenges = this.#options.digest.challenges(verdict === 'stale');
      return answer(401, new RtspHeaders(challenges.map((value) => ['WWW-Authenticate', value])));
    }
    const required = request.headers.get('Require');
    return required === undefined ? undefined : answer(551, { Unsupported: required });
  }

  async #describe(request: RtspRequest, path: string, mount: Mount): Promise<Answer> {
    const { clock, limits, log, socket } = this.#options;
    try {
      const sets = await withDeadline(clock, `the stream ${path}`, limits.startMs, (signal) =>
        mount.feed.parameterSets(signal),
      );
      const sdp = describeStream(path.slice(1), plainAddress(socket.localAddress), sets);
      const headers = {
        'Content-Type': 'application/sdp',
        'Content-Base': `${request.uri.replace(/\/*(\?.*)?$/, '')}/`,
      };
      return { response: rtspResponse(200, headers, Buffer.from(sdp)) };
    } catch (error) {
      log.warn('a stream could not be described', { path, reason: describe(error) });
      return answer(503);
    }
  }

  async #setup(request: RtspRequest, path: string, track: boolean, mount: Mount): Promise<Answer> {
    if (!track) return answer(459);
    if (this.#own.has(sessionId(request))) return answer(455);
    const wanted = chooseTransport(request.headers.get('Transport') ?? '');
    if (!wanted) return answer(461);
    const { sessions, limits, log } = this.#options;
    if (sessions.size >= limits.sessions) return answer(453);
    const id = randomBytes(8).toString('hex').toUpperCase();
    try {
      const transport = await this.#open(wanted, id);
      this.#add(id, path, mount, transport);
      return answer(200, {
        Session: `${id};timeout=${limits.sessionTimeoutS}`,
        Transport: `${transport.header};ssrc=${hex(mount.feed.ssrc)}`,
      });
    } catch (error) {
      log.warn('a session could not be set up', { path, reason: describe(error) });
      return answer(500);
    }
  }

  async #open(wanted: TransportRequest, id: string): Promise<MediaTransport> {
    const { socket, clock } = this.#options;
    if (wanted.kind === 'tcp') return new InterleavedTransport(socket, wanted.channels);
    return UdpTransport.open({
      localAddress: plainAddress(socket.localAddress),
      address: plainAddress(socket.remoteAddress),
      ports: wanted.ports,
      clock,
      onControl: () => this.#own.get(id)?.touch(),
    });
  }

  #add(id: string, path: string, mount: Mount, transport: MediaTransport): void {
    const { socket, sessions, limits, clock, log } = this.#options;
    const session = new Session({
      id,
      path,
      feed: mount.feed,
      transport,
      clock,
      timeoutMs: limits.sessionTimeoutS * 1000 * TIMEOUT_GRACE,
      onEnd: (reason) => {
        this.#own.delete(id);
        sessions.delete(owned);
        log.debug('a session has ended', { path, reason });
        if (reason === 'timeout' || reason === 'not-reading') socket.destroy();
      },
    });
    const owned: OwnedSession = { session, socket };
    this.#own.set(id, session);
    sessions.add(owned);
    if (socket.destroyed) session.end('closed');
  }
}

function inSession(request: RtspRequest, session: Session, mount: Mount): Answer {
  const headers = { Session: session.id };
  if (request.method === 'PLAY') {
    const first = mount.feed.first();
    const info = first && `url=${request.uri};seq=${first.sequence};rtptime=${first.timestamp}`;
    return {
      ...answer(200, { ...headers, Range: 'npt=now-', ...(info ? { 'RTP-Info': info } : {}) }),
      afterwards: () => session.play(),
    };
  }
  if (request.method === 'PAUSE') session.pause();
  if (request.method === 'TEARDOWN') session.end('teardown');
  return answer(200, headers);
}

function sessionId(request: RtspRequest): string {
  return request.headers.get('Session')?.split(';')[0]?.trim() ?? '';
}

/** `rtsp://host/shop-1/main/trackID=0?x` names a track of the path `/shop-1/main`. */
function targetOf(uri: string): { path: string; track: boolean } {
  const [, path = ''] = /^rtsps?:\/\/[^/]*([^?]*)/i.exec(uri) ?? [];
  const track = path.endsWith(`/${TRACK}`);
  const bare = track ? path.slice(0, -TRACK.length - 1) : path;
  return { path: bare.replace(/\/+$/, ''), track };
}

/** `::ffff:127.0.0.1` is an IPv4 address. */
function plainAddress(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function hex(ssrc: number): string {
  return ssrc.toString(16).toUpperCase().padStart(8, '0');
}
