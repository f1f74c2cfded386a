import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { actionsOf } from '../../src/access/permissions.ts';
import type { CallerRole } from '../../src/access/role.ts';
import type {
  AlarmView,
  CameraView,
  ControlMessage,
  IncidentView,
  PlanView,
} from '../../src/client/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { LiveRequest } from '../../src/liveview/model.ts';
import { commonHeaders } from '../../src/server/security-headers.ts';
import type { Clip } from '../support/clip.ts';
import type { Received } from '../support/socket-peer.ts';
import { mediaMessage } from '../support/socket-peer.ts';
import { CAMERAS, CONTROL_ROOMS, SITES } from './scenery.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface ScriptOptions {
  readonly side: 'centre' | 'police';
  readonly webRoot: string;
  /** What a camera shows; a camera without a clip shows the first. */
  readonly clips: Readonly<Record<string, Clip>>;
}

/**
 * One listener with a script instead of a gateway behind it: the built consoles under the real
 * security headers, an API over plain objects, and a live socket that plays clips in real time.
 */
export class ScriptedGateway {
  readonly #options: ScriptOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #players = new Set<ReturnType<typeof setInterval>>();
  cameras: readonly CameraView[] = CAMERAS;
  incidents: IncidentView[] = [];
  requests: LiveRequest[] = [];
  alarms: AlarmView[] = [];
  /** What is told of cameras at the desk, after the welcome. */
  controls: Omit<ControlMessage, 'type'>[] = [];
  plans: PlanView[] = [];
  /** Everything that clients said on the live socket. */
  readonly said: Received[] = [];
  /** `METHOD path body` of each call that changes something. */
  readonly calls: string[] = [];
  loggedIn = false;
  /** Incidents can be played here. */
  demonstration = false;
  /** Police side: of which sites images may be asked. */
  requestableSites: readonly { id: string; name: string }[] = [];
  /** Of whoever is logged in; the rights that go with it are the gateway's. */
  role: CallerRole;
  /** How old pictures are when they are sent. */
  captureAgeMs = 0;
  /** What the next `GET` of a path, or another `METHOD path`, is refused with, once. */
  readonly hiccups = new Map<string, { readonly code: string; readonly detail: string }>();
  /** Cameras whose pictures do not come yet. */
  readonly heldBack = new Set<string>();
  readonly #waiting = new Map<string, (() => void)[]>();
  /** What is at a path of the API that is a picture: PNG. */
  readonly pictures = new Map<string, Buffer>();
  /** Of the pictures that were asked for. */
  readonly fetched: string[] = [];
  /** Called before a hello is answered. */
  onHello: () => void = () => undefined;
  /** What is done with a request on the socket; nothing unless set. */
  onRequest: (message: Received, socket: WebSocket) => void = () => undefined;

  constructor(options: ScriptOptions) {
    this.#options = options;
    this.role = options.side === 'police' ? 'dispatcher' : 'operator';
    this.#http = createServer((request, response) => void this.#serve(request, response));
    this.#sockets = new WebSocketServer({ server: this.#http, path: '/v1/live' });
    this.#sockets.on('connection', (socket) => {
      socket.on('message', (data) => this.#heard(JSON.parse(String(data)), socket));
    });
  }

  async start(): Promise<string> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.stopPictures();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  heard(type: string): Received[] {
    return this.said.filter((message) => message.type === type);
  }

  broadcast(message: object): void {
    for (const socket of this.#sockets.clients) socket.send(JSON.stringify(message));
  }

  /** Puts the incident in place of the one with its id, and tells everybody. */
  setIncident(incident: IncidentView): void {
    this.incidents = [incident, ...this.incidents.filter(({ id }) => id !== incident.id)];
    this.broadcast({ type: 'incident', incident });
    this.broadcast({ type: 'screen', incident: incident.id, ...incident.screen });
  }

  /** Puts the alarm in place of the one with its id, and tells everybody. */
  setAlarm(alarm: AlarmView): void {
    this.alarms = [alarm, ...this.alarms.filter(({ id }) => id !== alarm.id)];
    this.broadcast({ type: 'alarm', alarm });
  }

  /** Puts it in place of what was told of its camera, and tells everybody. */
  setControl(control: Omit<ControlMessage, 'type'>): void {
    this.controls = [control, ...this.controls.filter(({ camera }) => camera !== control.camera)];
    this.broadcast({ type: 'control', ...control });
  }

  setRequest(request: LiveRequest, id = request.id): void {
    this.requests = [request, ...this.requests.filter((each) => each.id !== request.id)];
    const { state, reason, reasonCode, by } = request;
    this.broadcast({ type: 'request', id, state, reason, reasonCode, by, request });
  }

  /** The pictures of a camera that were held back come. */
  letGo(camera: string): void {
    this.heldBack.delete(camera);
    for (const play of this.#waiting.get(camera) ?? []) play();
    this.#waiting.delete(camera);
  }

  /** Ends every channel as the gateway does when an incident closes. */
  endAll(code: string, reason: string): void {
    this.stopPictures();
    for (const { channel } of this.heard('watch')) {
      this.broadcast({ type: 'ended', channel, code, reason });
    }
  }

  /** The gateway moves the viewers of a camera to another of its pictures. */
  moveTo(camera: string, clip: Clip, told: { quality: string; width: number; height: number }) {
    this.stopPictures();
    const watches = this.heard('watch').filter((message) => message['camera'] === camera);
    for (const socket of this.#sockets.clients) {
      for (const { channel } of watches) {
        this.#playClip(socket, { clip, channel: Number(channel), camera, generation: 2, ...told });
      }
    }
  }

  stopPictures(): void {
    for (const player of this.#players) clearInterval(player);
    this.#players.clear();
  }

  cutSockets(): void {
    this.stopPictures();
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** The session is over, and the gateway says so: an error, then the close of a breach of policy. */
  endSessions(): void {
    this.loggedIn = false;
    this.stopPictures();
    this.broadcast({ type: 'error', code: 'session-ended', message: 'you are logged out' });
    for (const socket of this.#sockets.clients) socket.close(1008);
  }

  #heard(message: Received, socket: WebSocket): void {
    this.said.push(message);
    const send = (answer: object) => socket.send(JSON.stringify(answer));
    const { side } = this.#options;
    if (message.type === 'hello') {
      this.onHello();
      send({
        ...{ type: 'welcome', session: 's', user: 'anna', heartbeatMs: 300 },
        ...{ role: this.role, ...(side === 'police' ? { controlRoom: 'rotterdam' } : {}) },
        serverTime: new Date().toISOString(),
      });
      for (const incident of this.incidents) send({ type: 'incident', incident });
      for (const control of this.controls) send({ type: 'control', ...control });
    } else if (message.type === 'ping') {
      send({ type: 'pong', t0: message['t0'], t1: systemClock.unixUs() / 1000 });
    } else if (message.type === 'follow') {
      const incident = this.incidents.find(({ id }) => id === message['incident']);
      if (incident) send({ type: 'screen', incident: incident.id, ...incident.screen });
    } else if (message.type === 'watch') this.#play(message, socket);
    else if (message.type === 'request') this.onRequest(message, socket);
  }

  #play(message: Received, socket: WebSocket): void {
    const { clips } = this.#options;
    const channel = Number(message['channel']);
    const camera = String(message['camera']);
    const clip = clips[camera] ?? Object.values(clips)[0];
    if (!clip) return;
    const full = { width: 640, height: 360, quality: 'main' };
    const play = () => this.#playClip(socket, { clip, channel, camera, generation: 1, ...full });
    if (!this.heldBack.has(camera)) play();
    else this.#waiting.set(camera, [...(this.#waiting.get(camera) ?? []), play]);
  }

  #playClip(socket: WebSocket, { clip, ...picture }: Played): void {
    const { channel } = picture;
    const { codec } = clip;
    socket.send(JSON.stringify({ type: 'watching', format: 'fmp4', codec, ...picture }));
    const send = (kind: number, sequence: number, flags: number, payload: Buffer) => {
      const captureUnixUs = systemClock.unixUs() - this.captureAgeMs * 1_000;
      socket.send(mediaMessage({ kind, flags, channel, sequence, captureUnixUs }, payload));
    };
    send(1, 0, 0, clip.init);
    let sent = 0;
    const player = setInterval(() => {
      if (socket.readyState !== socket.OPEN) return;
      const at = sent % clip.fragments.length;
      const fragment = clip.fragments[at] ?? Buffer.alloc(0);
      const round = Math.floor(sent / clip.fragments.length);
      sent += 1;
      send(2, sent, at % clip.gop === 0 ? 1 : 0, later(fragment, round * clip.durationTicks));
    }, 1_000 / clip.fps);
    this.#players.add(player);
    socket.on('close', () => clearInterval(player));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(commonHeaders(false)))
      response.setHeader(name, value);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path.startsWith('/v1/')) await this.#api(request, path, response);
    else await this.#file(path, response);
  }

  async #file(path: string, response: ServerResponse): Promise<void> {
    const { side, webRoot } = this.#options;
    const start = `/${side === 'centre' ? 'operator' : 'meldkamer'}/index.html`;
    const name = path === '/' ? start : path;
    try {
      const bytes = await readFile(join(webRoot, name));
      response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #api(request: IncomingMessage, path: string, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { method = 'GET' } = request;
    if (method !== 'GET') this.calls.push(`${method} ${path} ${text}`.trim());
    const asked = method === 'GET' ? path : `${method} ${path}`;
    const hiccup = this.hiccups.get(asked);
    if (hiccup) {
      this.hiccups.delete(asked);
      refuse(response, 503, hiccup);
      return;
    }
    const picture = this.pictures.get(path);
    if (picture && method === 'GET') {
      this.fetched.push(path);
      response.setHeader('content-type', 'image/png');
      response.end(picture);
      return;
    }
    const isJson = request.headers['content-type'] === 'application/json';
    const answer = this.#answer(method, path, isJson ? JSON.parse(text) : {});
    if (answer === undefined) {
      refuse(response, 401, { code: 'login-failed', detail: 'log in first' });
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  }

  /** Undefined: not logged in. */
  #answer(method: string, path: string, body: Record<string, unknown>): unknown {
    if (path === '/v1/session') return this.#session(method, body);
    if (path === '/v1/session/ways') return { password: true };
    if (!this.loggedIn) return undefined;
    if (path === '/v1/sites') return SITES;
    if (path === '/v1/cameras') return this.cameras;
    if (path === '/v1/incidents' && method === 'GET') return this.incidents;
    if (path === '/v1/requests' && method === 'GET') return this.requests;
    if (method === 'GET' && path.startsWith('/v1/alarms')) return this.#alarms(path);
    if (path === '/v1/plans' && method === 'GET') return this.plans;
    return this.onCall(method, path, body) ?? {};
  }

  #alarms(path: string): unknown {
    const id = path.split('/')[3];
    if (id !== undefined) return this.alarms.find((each) => each.id === id);
    return this.alarms.filter(({ state }) => state === 'open');
  }

  /** What changes something; set by tests. */
  onCall: (method: string, path: string, body: Record<string, unknown>) => unknown = () => ({});

  #session(method: string, body: Record<string, unknown>): unknown {
    if (method === 'POST') this.loggedIn = body['password'] === 'right';
    if (method === 'DELETE') this.loggedIn = false;
    if (!this.loggedIn) return undefined;
    const { side } = this.#options;
    const caller = { user: 'anna', role: this.role, side };
    const may = actionsOf({ ...caller, session: 's', onEnd: () => () => undefined });
    return {
      ...{ ...caller, may, gateway: 'Voorbeeld' },
      ...(side === 'police'
        ? {
            ...{ controlRoom: 'rotterdam', controlRoomName: 'Meldkamer Rotterdam' },
            requestableSites: this.requestableSites,
          }
        : { controlRooms: CONTROL_ROOMS, grantMinutes: 60 }),
      ...(this.demonstration ? { demonstration: true } : {}),
    };
  }
}

interface Played {
  readonly clip: Clip;
  readonly channel: number;
  readonly camera: string;
  readonly generation: number;
  readonly width: number;
  readonly height: number;
  readonly quality: string;
}

function refuse(response: ServerResponse, status: number, problem: object): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
}

/** The same fragment, `ticks` later: its `tfdt` (version 1, 64 bits) is moved. */
function later(fragment: Buffer, ticks: number): Buffer {
  const moved = Buffer.from(fragment);
  const at = moved.indexOf('tfdt') + 8;
  moved.writeBigUInt64BE(moved.readBigUInt64BE(at) + BigInt(ticks), at);
  return moved;
}
