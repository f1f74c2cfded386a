import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { Side } from '../../src/access/caller.ts';
import { EndedSessions } from '../../src/access/ended-sessions.ts';
import { DirectoryLogin, termsHash } from '../../src/access/openid/directory-login.ts';
import { DirectoryLogouts } from '../../src/access/openid/logouts.ts';
import { DirectoryStanding } from '../../src/access/openid/standing.ts';
import type { OpenIdTerms } from '../../src/access/openid/terms.ts';
import type { CallerRole } from '../../src/access/role.ts';
import { SessionFile } from '../../src/access/session-file.ts';
import { Sessions } from '../../src/access/sessions.ts';
import { TokenStore } from '../../src/access/tokens.ts';
import { UserStore } from '../../src/access/users.ts';
import type { CameraControl } from '../../src/cameras/control.ts';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Actor } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import { LiveView } from '../../src/liveview/liveview.ts';
import type { Directory, Right } from '../../src/liveview/model.ts';
import type { ListenerDeps } from '../../src/server/deps.ts';
import type { Listener } from '../../src/server/listener.ts';
import { createListener } from '../../src/server/listener.ts';
import type { ServerMessage } from '../../src/server/protocol.ts';
import { MemoryPictures } from '../support/made-pictures.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { ScriptedMedia } from './scripted-media.ts';

export const OPERATOR: Actor = { user: 'olga', role: 'operator' };
export const PASSWORD = 'correct horse battery';
/** Cheap, so that a test may log in often. */
export const CHEAP = { n: 2 ** 10, r: 8, p: 1 };

const policy = { ptz: 'confirm', switch: 'auto' } as const;
export const DIRECTORY: Directory = {
  sites: new Map([
    ['jeweller', { id: 'jeweller', name: 'Juwelier', address: 'Lijnbaan 1', contacts: [] }],
    ['square', { id: 'square', name: 'Plein', instructions: 'gate code 1234', contacts: [] }],
  ]),
  cameras: new Map([
    ['shop-1', { id: 'shop-1', name: 'Winkel', site: 'jeweller', requests: policy }],
    ['shop-2', { id: 'shop-2', name: 'Kluis', site: 'jeweller', requests: policy }],
    ['square-1', { id: 'square-1', name: 'Plein', site: 'square', requests: policy }],
  ]),
  controlRooms: new Map([
    ['rotterdam', { id: 'rotterdam', name: 'Meldkamer Rotterdam', service: 'police' }],
    ['den-haag', { id: 'den-haag', name: 'Meldkamer Den Haag', service: 'police' }],
  ]),
  closingSteps: [],
  grantMinutes: 60,
  offerMinutes: 5,
  viewRequestMinutes: 5,
  requestSeconds: 60,
  holdSeconds: 15,
  planRequests: 'auto',
  imageDays: 7,
};

export interface HarnessOptions {
  clock?: Clock;
  control?: CameraControl;
  deps?: Partial<ListenerDeps>;
  directory?: Directory;
  /** How people of the directory get in. @param url of the centre's listener, once it has started. */
  openid?: (url: () => string) => OpenIdTerms;
}

/** Both doors on real sockets, before a real LiveView and journal; only the video is scripted. */
export class Harness {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'liveview-server-'));
  readonly clock: Clock;
  readonly media = new ScriptedMedia();
  readonly pictures = new MemoryPictures();
  readonly deps: ListenerDeps;
  readonly liveview: LiveView;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  readonly #listeners: Record<Side, Listener>;
  readonly #secrets = new Map<string, string>();
  readonly #sockets = new Set<WebSocket>();

  constructor(options: HarnessOptions = {}) {
    const { clock = systemClock, control, deps, directory = DIRECTORY } = options;
    this.clock = clock;
    const log = silentLogger;
    const journal = openJournal(join(this.dataDir, 'journal.db'), { clock, log });
    this.liveview = new LiveView({
      ...{ clock, journal, log, directory },
      controls: () => control,
      pictures: this.pictures,
    });
    this.users = new UserStore(this.dataDir, clock, { cost: CHEAP });
    this.tokens = new TokenStore(this.dataDir, clock);
    const terms = options.openid?.(() => this.url('centre', ''));
    this.sessions = new Sessions({
      ...{ clock, users: this.users, tokens: this.tokens },
      file: new SessionFile(this.dataDir, log),
      ended: new EndedSessions(this.dataDir),
      directory:
        terms && new DirectoryStanding(termsHash(terms), new DirectoryLogouts(this.dataDir, clock)),
    });
    const { sessions } = this;
    const login = terms && new DirectoryLogin({ terms, sessions, journal, clock, log });
    this.deps = {
      ...{ clock, journal, log, users: this.users, tokens: this.tokens, sessions: this.sessions },
      liveview: this.liveview,
      viewings: this.liveview.viewings,
      directory,
      openMedia: (permit, wish, listener) => this.media.open(permit, wish, listener),
      gatewayName: 'Toezichtcentrale',
      ...(login ? { openid: { login, name: 'Directory', localUsers: true } } : {}),
      ...deps,
    };
    const at = { host: '127.0.0.1', port: 0, deps: this.deps };
    this.#listeners = {
      centre: createListener({ ...at, side: 'centre' }),
      police: createListener({ ...at, side: 'police' }),
    };
  }

  async start(): Promise<this> {
    this.liveview.start();
    await this.#listeners.centre.start();
    await this.#listeners.police.start();
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.#listeners.centre.stop();
    await this.#listeners.police.stop();
    await this.liveview.stop();
    this.sessions.stop();
    this.deps.journal.close();
    rmSync(this.dataDir, { recursive: true });
  }

  /** The same where time stands still: whoever does not go by itself is cut a second later. */
  async stopAt(clock: ManualClock): Promise<void> {
    let over = false;
    const stopped = this.stop().finally(() => {
      over = true;
    });
    await until('the listeners stop', () => {
      clock.advance(1_000);
      return over;
    });
    await stopped;
  }

  listener(side: Side): Listener {
    return this.#listeners[side];
  }

  url(side: Side, path: string): string {
    return this.#listeners[side].url + path;
  }

  /** A token of this role, made at the first call. */
  token(role: CallerRole, controlRoom?: string, sites?: readonly string[]): string {
    const name = [role, ...(controlRoom ? [controlRoom] : []), ...(sites ?? [])].join('-');
    const known = this.#secrets.get(name);
    if (known) return known;
    const room = controlRoom === undefined ? {} : { controlRoom };
    const limit = sites === undefined ? {} : { sites };
    const secret = this.tokens.issue({ name, role, ...room, ...limit }).secret.reveal();
    this.#secrets.set(name, secret);
    return secret;
  }

  async addUser(
    username: string,
    role: CallerRole,
    controlRoom?: string,
    sites?: readonly string[],
  ): Promise<void> {
    const room = controlRoom === undefined ? {} : { controlRoom };
    const limit = sites === undefined ? {} : { sites };
    await this.users.add({ username, password: new Secret(PASSWORD), role, ...room, ...limit });
  }

  fetch(side: Side, path: string, init: RequestInit & { token?: string; json?: unknown } = {}) {
    const { token, json, ...rest } = init;
    return fetch(this.url(side, path), {
      ...rest,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...rest.headers,
      },
    });
  }

  /** Logs in and gives the cookie, as a browser would send it back. */
  async logIn(side: Side, username: string, password = PASSWORD): Promise<string> {
    const json = { username, password };
    const response = await this.fetch(side, '/v1/session', { method: 'POST', json });
    const cookie = response.headers.get('set-cookie')?.split(';', 1)[0];
    if (!cookie) throw new Error(`not logged in: ${response.status} ${await response.text()}`);
    return cookie;
  }

  /** An incident at the jeweller's, shared with Rotterdam unless told. */
  shared(cameras = ['shop-1'], rights: Right[] = ['view', 'ptz', 'switch']) {
    const { id } = this.liveview.openIncident(OPERATOR, {
      ...{ type: 'robbery', site: 'jeweller', summary: 'overval' },
      cameras: ['shop-1'],
    });
    this.liveview.grant(OPERATOR, id, 'rotterdam', { cameras, rights });
    return id;
  }

  connect(side: Side, path = '/v1/live', options: ConnectOptions = {}): TestSocket {
    const { token, headers, protocols = ['liveview.v1'] } = options;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const ws = new WebSocket(this.url(side, path).replace('http', 'ws'), protocols, {
      headers: { ...authorization, ...headers },
    });
    this.#sockets.add(ws);
    return new TestSocket(ws);
  }

  /** Connected and welcomed. */
  async live(side: Side, role: CallerRole, controlRoom?: string): Promise<TestSocket> {
    const socket = this.connect(side, '/v1/live', { token: this.token(role, controlRoom) });
    await socket.hello();
    return socket;
  }
}

export interface ConnectOptions {
  token?: string;
  headers?: Record<string, string>;
  protocols?: string[];
}

type Received = ServerMessage | { type: 'binary'; data: Buffer };

/** A `ws` client that keeps what it received, in order. */
export class TestSocket {
  readonly ws: WebSocket;
  readonly received: Received[] = [];
  closed: { code: number; reason: string } | undefined;
  /** The status of an upgrade that was refused. */
  refused: number | undefined;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data, isBinary) => {
      this.received.push(
        isBinary
          ? { type: 'binary', data: data as Buffer }
          : (JSON.parse(String(data)) as ServerMessage),
      );
    });
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    ws.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode;
      response.resume();
      ws.terminate();
    });
    ws.on('error', () => undefined);
  }

  send(message: object): void {
    this.ws.send(JSON.stringify(message));
  }

  async opened(): Promise<void> {
    await until('the socket opens', () => this.ws.readyState === WebSocket.OPEN);
  }

  async hello(more: object = {}): Promise<Extract<ServerMessage, { type: 'welcome' }>> {
    await this.opened();
    this.send({ type: 'hello', protocol: 1, codecs: ['avc1.640028'], formats: ['fmp4'], ...more });
    return this.next('welcome');
  }

  /** The first message of this type that is there, or comes; `test` narrows. */
  next<T extends Received['type']>(
    type: T,
    test: (message: Extract<Received, { type: T }>) => boolean = () => true,
  ): Promise<Extract<Received, { type: T }>> {
    const matches = (message: Received): message is Extract<Received, { type: T }> =>
      message.type === type && test(message as Extract<Received, { type: T }>);
    return until(`a message ${type}`, () => this.received.find(matches));
  }

  of<T extends Received['type']>(type: T): Extract<Received, { type: T }>[] {
    return this.received.filter(
      (each): each is Extract<Received, { type: T }> => each.type === type,
    );
  }

  get mediaBytes(): number {
    return this.of('binary').reduce((sum, { data }) => sum + data.length, 0);
  }

  /** Whatever was sent to us before now has arrived. */
  async settled(): Promise<void> {
    const t0 = Math.random();
    this.send({ type: 'ping', t0 });
    await this.next('pong', (pong) => pong.t0 === t0);
  }
}
