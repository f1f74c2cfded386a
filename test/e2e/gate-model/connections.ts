import { type ClientRequest, get } from 'node:http';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../../src/server/protocol.ts';
import { BINARY_HEADER_LENGTH } from '../../../src/server/protocol.ts';
import type { ApiCaller } from '../../support/api-caller.ts';
import { LivePeer } from '../../support/live-peer.ts';
import { until } from '../../support/until.ts';
import { keyFrameIn } from './key-frame.ts';
import { hasSeen, type Seen, type Sight, type Told } from './seen.ts';

/** Who opened a connection, and where the journal is. */
export interface Viewer {
  readonly user: string;
  readonly controlRoom: string;
  readonly caller: ApiCaller;
  readonly head: () => number;
}

/** One connection of the police side, of whichever kind, and what came over it. */
export interface Connection {
  readonly viewer: Viewer;
  readonly isOpen: boolean;
  readonly all: readonly Seen[];
  /** Where one is told of more than the cameras that one watches. */
  readonly told?: Told;
  /** Asks the gateway something and waits for the answer, behind everything that it sent before. */
  fence(): Promise<void>;
  /** Without a goodbye when `rude`. */
  close(rude: boolean): void;
}

/** A camera may have to be connected to first, on a busy machine. */
const ANSWER_MS = 60_000;

export function isAnswered(seen: Seen): boolean {
  return hasSeen(seen, 'accepted', 'refused', 'ended', 'closed');
}

export async function answered(seen: Seen, { head }: Viewer): Promise<Seen> {
  await until(`an answer about ${seen.camera}`, () => isAnswered(seen), ANSWER_MS);
  seen.answeredAt = head();
  return seen;
}

function asked(viewer: Viewer, via: Seen['via'], incident: string, camera: string): Seen {
  const { user, controlRoom, head } = viewer;
  return { via, user, controlRoom, incident, camera, askedAt: head(), sights: [] };
}

/** Ping and pong of RFC 6455 §5.5: the gateway answers in order with what it sends. */
async function pinged(socket: WebSocket, { head }: Viewer, note: (fence: Sight) => void) {
  const from = head();
  let heard = false;
  socket.once('pong', () => {
    heard = true;
    note({ saw: 'fence', from, to: head() });
  });
  if (socket.readyState === WebSocket.OPEN) socket.ping();
  await until('a pong', () => heard || socket.readyState !== WebSocket.OPEN, ANSWER_MS);
}

/** A live socket, on which several cameras may be watched, each on a channel that is never used again. */
export class LiveConnection implements Connection {
  readonly viewer: Viewer;
  readonly peer: LivePeer;
  readonly all: Seen[] = [];
  readonly told: Told;

  private constructor(viewer: Viewer, peer: LivePeer, askedAt: number) {
    const { user, controlRoom } = viewer;
    this.told = { user, controlRoom, askedAt, sights: [] };
    for (const message of peer.messages) this.#toldOf(message);
    this.viewer = viewer;
    this.peer = peer;
    peer.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#media(data);
      else this.#told(JSON.parse(data.toString('utf8')));
    });
    peer.socket.on('close', () => this.#noteAll({ saw: 'closed' }));
  }

  /** @param format in which it has its pictures. */
  static async open(viewer: Viewer, format: 'fmp4' | 'mpeg1' = 'fmp4'): Promise<LiveConnection> {
    const askedAt = viewer.head();
    const peer = await LivePeer.connect(viewer.caller, undefined, [format]);
    return new LiveConnection(viewer, peer, askedAt);
  }

  get isOpen(): boolean {
    return this.peer.socket.readyState === WebSocket.OPEN;
  }

  watch(incident: string, camera: string): Promise<Seen> {
    const seen = asked(this.viewer, 'live', incident, camera);
    const channel = this.all.push(seen) - 1;
    this.peer.say({ type: 'watch', channel, camera, incident });
    return answered(seen, this.viewer);
  }

  unwatch(seen: Seen): void {
    seen.sights.push({ saw: 'left' });
    this.peer.say({ type: 'unwatch', channel: this.all.indexOf(seen) });
  }

  /** Whether the screen is shown to this control room. */
  async follow(incident: string): Promise<boolean> {
    const before = this.peer.messages.length;
    this.peer.say({ type: 'follow', incident });
    const answer = await until('an answer about the screen', () =>
      this.peer.messages
        .slice(before)
        .find(
          (message) =>
            message.type === 'error' ||
            (message.type === 'screen' && message.incident === incident),
        ),
    );
    return answer.type === 'screen';
  }

  fence(): Promise<void> {
    return pinged(this.peer.socket, this.viewer, (fence) => this.#noteAll(fence));
  }

  close(rude: boolean): void {
    if (rude) this.peer.cut();
    else this.peer.close();
  }

  #media(data: Buffer): void {
    const media = data.subarray(BINARY_HEADER_LENGTH);
    const seen = this.all[data.readUInt16BE(2)];
    if (!seen) throw new Error('media came on a channel that nobody watches');
    seen.sights.push({ saw: 'bytes', bytes: media.length, keyFrame: keyFrameIn(media) });
  }

  #told(message: ServerMessage): void {
    this.#toldOf(message);
    if (message.type === 'watching') this.all[message.channel]?.sights.push({ saw: 'accepted' });
    if (message.type === 'ended') {
      this.all[message.channel]?.sights.push({ saw: 'ended', code: message.code });
    }
    if (message.type === 'error' && typeof message.ref === 'number') {
      const saw = message.code === 'not-shared' ? 'refused' : 'closed';
      this.all[message.ref]?.sights.push({ saw });
    }
  }

  #toldOf(message: ServerMessage): void {
    if (message.type !== 'incident' && message.type !== 'screen') return;
    const whole = message.type === 'incident' ? message.incident : undefined;
    const { tiles } = message.type === 'incident' ? message.incident.screen : message;
    const incident = message.type === 'incident' ? message.incident.id : message.incident;
    const onScreen = tiles.flatMap((tile) => ('camera' in tile ? [tile.camera] : []));
    const cameras = [...(whole?.cameras ?? []), ...onScreen];
    this.told.sights.push({ saw: 'cameras', incident, cameras });
  }

  #noteAll(sight: Sight): void {
    this.told.sights.push(sight);
    for (const { sights } of this.all) sights.push(sight);
  }
}

/** `live.ws`: the answer is a status, the end is the end of the connection. */
export class PlainConnection implements Connection {
  readonly viewer: Viewer;
  readonly seen: Seen;
  readonly #socket: WebSocket;

  constructor(viewer: Viewer, incident: string, camera: string) {
    const seen = asked(viewer, 'live.ws', incident, camera);
    const note = (sight: Sight) => seen.sights.push(sight);
    const url = pathOf(seen, viewer).href.replace(/^http/, 'ws');
    const socket = new WebSocket(url, { headers: { ...viewer.caller.headers } });
    socket.on('open', () => note({ saw: 'accepted' }));
    socket.on('message', (data: Buffer) =>
      note({ saw: 'bytes', bytes: data.length, keyFrame: keyFrameIn(data) }),
    );
    socket.on('unexpected-response', (request, { statusCode }) => {
      note({ saw: statusCode === 404 ? 'refused' : 'closed' });
      request.destroy();
    });
    socket.on('close', () => note({ saw: 'closed' }));
    socket.on('error', () => undefined);
    this.viewer = viewer;
    this.seen = seen;
    this.#socket = socket;
  }

  get all(): readonly Seen[] {
    return [this.seen];
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  fence(): Promise<void> {
    return pinged(this.#socket, this.viewer, (fence) => this.seen.sights.push(fence));
  }

  close(rude: boolean): void {
    if (rude) this.#socket.terminate();
    else this.#socket.close();
  }
}

/** `live.mp4`: nothing can be asked on the way, so that its bytes have a fence only at its end. */
export class FilmConnection implements Connection {
  readonly viewer: Viewer;
  readonly seen: Seen;
  readonly #request: ClientRequest;

  constructor(viewer: Viewer, incident: string, camera: string) {
    const seen = asked(viewer, 'live.mp4', incident, camera);
    const note = (sight: Sight) => seen.sights.push(sight);
    const options = { headers: { ...viewer.caller.headers }, agent: false };
    this.#request = get(pathOf(seen, viewer), options, (response) => {
      const isFilm = response.statusCode === 200;
      if (isFilm) note({ saw: 'accepted' });
      else note({ saw: response.statusCode === 404 ? 'refused' : 'closed' });
      // What a refusal says is no picture.
      response.on('data', ({ length }: Buffer) => isFilm && note({ saw: 'bytes', bytes: length }));
      response.on('error', () => undefined);
      response.on('close', () => note({ saw: 'closed' }));
    });
    this.#request.on('error', () => note({ saw: 'closed' }));
    this.viewer = viewer;
    this.seen = seen;
  }

  get all(): readonly Seen[] {
    return [this.seen];
  }

  get isOpen(): boolean {
    return !hasSeen(this.seen, 'refused', 'closed');
  }

  async fence(): Promise<void> {}

  close(): void {
    this.#request.destroy();
  }
}

function pathOf({ incident, camera, via }: Seen, { caller }: Viewer): URL {
  return new URL(`/v1/incidents/${incident}/cameras/${camera}/${via}`, caller.base);
}
