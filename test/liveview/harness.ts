import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CameraControl,
  ControlCapabilities,
  Position,
  Velocity,
} from '../../src/cameras/control.ts';
import type {
  CameraOutputs,
  OutputUse,
  RelayOutput,
  SwitchedOn,
} from '../../src/cameras/outputs.ts';
import { LiveViewError } from '../../src/core/errors.ts';
import { type LogFields, type Logger, silentLogger } from '../../src/core/log.ts';
import type { Actor, AnyEntry, Entry, Journal, NewEntry } from '../../src/journal/record.ts';
import { openJournal } from '../../src/journal/sqlite-journal.ts';
import type { Change } from '../../src/liveview/changes.ts';
import { LiveView } from '../../src/liveview/liveview.ts';
import type {
  CameraInfo,
  Directory,
  LiveRequest,
  Policy,
  Right,
} from '../../src/liveview/model.ts';
import { MemoryPictures } from '../support/made-pictures.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const OPERATOR: Actor = { user: 'olga', role: 'operator', address: '127.0.0.1' };
export const SECOND_OPERATOR: Actor = { user: 'otto', role: 'operator' };
export const DISPATCHER: Actor = { user: 'daan', role: 'dispatcher', controlRoom: 'rotterdam' };
export const COLLEAGUE: Actor = { user: 'dora', role: 'dispatcher', controlRoom: 'rotterdam' };
export const OTHER_ROOM: Actor = { user: 'dirk', role: 'dispatcher', controlRoom: 'den-haag' };

/** A jeweller with three cameras, and a square next to it. */
export function directory(ptz: Policy = 'confirm', change: Policy = 'confirm'): Directory {
  const camera = (id: string, site: string): [string, CameraInfo] => [
    id,
    { id, name: id, site, requests: { ptz, switch: change } },
  ];
  const rooms = ['rotterdam', 'den-haag'];
  return {
    sites: new Map(['jeweller', 'square'].map((id) => [id, { id, name: id, contacts: [] }])),
    cameras: new Map([
      camera('shop-1', 'jeweller'),
      camera('shop-2', 'jeweller'),
      camera('shop-3', 'jeweller'),
      camera('square-1', 'square'),
    ]),
    controlRooms: new Map(rooms.map((id) => [id, { id, name: id, service: 'police' }])),
    closingSteps: [],
    grantMinutes: 60,
    offerMinutes: 5,
    viewRequestMinutes: 5,
    requestSeconds: 60,
    holdSeconds: 15,
    planRequests: 'auto',
    imageDays: 7,
  };
}

export const DOME: ControlCapabilities = {
  continuous: { panTilt: true, zoom: true },
  absolute: { panTilt: true, zoom: true },
  home: true,
  presets: [{ token: '1', name: 'door' }],
};

/** A camera that does what it is told, and remembers what that was. */
export class FakeControl implements CameraControl {
  readonly calls: string[] = [];
  abilities: ControlCapabilities = DOME;
  /** Calls whose name is in here are refused. */
  readonly refuses = new Set<string>();
  /** Awaited before a move is answered. */
  beforeMove: Promise<void> = Promise.resolve();

  async capabilities(): Promise<ControlCapabilities> {
    if (this.refuses.has('capabilities')) throw unreachable();
    return this.abilities;
  }

  async move(velocity: Velocity, expiresMs: number): Promise<void> {
    this.#note('move', `move ${JSON.stringify(velocity)} ${expiresMs}`);
    await this.beforeMove;
  }

  async stop(): Promise<void> {
    this.#note('stop', 'stop');
  }

  async goTo(position: Position): Promise<void> {
    this.#note('goTo', `goTo ${JSON.stringify(position)}`);
  }

  async goToPreset(token: string): Promise<void> {
    this.#note('goToPreset', `preset ${token}`);
  }

  async goHome(): Promise<void> {
    this.#note('goHome', 'home');
  }

  async position(): Promise<Position | undefined> {
    return undefined;
  }

  #note(name: string, text: string): void {
    this.calls.push(text);
    if (this.refuses.has(name)) throw unreachable();
  }
}

function unreachable(): LiveViewError {
  return new LiveViewError('camera-unreachable', 'the camera does not answer');
}

/** What hangs on a camera, and does what it is told. */
export class FakeOutputs implements CameraOutputs {
  readonly calls: string[] = [];
  readonly tokens: string[] = ['siren', 'light', 'gate', 'barrier'];
  /** The camera ends by itself what has an end. */
  endsItself = true;
  readonly refuses = new Set<'on' | 'off' | 'lacks'>();
  refusal = unreachable();
  /** Awaited before it is answered whether there is such an output. */
  beforeLacks: Promise<void> = Promise.resolve();
  /** Awaited before it is answered that something is on. */
  beforeOn: Promise<void> = Promise.resolve();
  /** Awaited before it is answered that something is off. */
  beforeOff: Promise<void> = Promise.resolve();

  async list(): Promise<readonly RelayOutput[]> {
    return this.tokens.map((token) => ({ token }));
  }

  async names({ token = '' }: OutputUse): Promise<readonly string[]> {
    return [token];
  }

  async lacks({ token = '' }: OutputUse): Promise<string | undefined> {
    await this.beforeLacks;
    if (this.refuses.has('lacks')) throw this.refusal;
    return this.tokens.includes(token) ? undefined : `the camera has no relay output ${token}`;
  }

  async on(use: OutputUse): Promise<SwitchedOn> {
    const { token, endsAfterMs } = use;
    this.calls.push(`on ${token}${endsAfterMs === undefined ? '' : ` ${endsAfterMs}`}`);
    await this.beforeOn;
    if (this.refuses.has('on')) throw this.refusal;
    return this.endsItself && endsAfterMs !== undefined ? { endsAfterMs } : {};
  }

  async off({ token }: OutputUse): Promise<void> {
    this.calls.push(`off ${token}`);
    await this.beforeOff;
    if (this.refuses.has('off')) throw this.refusal;
  }
}

/** The real journal, with a switch that makes its disk full. */
export class BreakableJournal implements Journal {
  full = false;
  /** Appends that still succeed before the disk is full. */
  left = Number.POSITIVE_INFINITY;
  /** How many entries each write had. */
  readonly writes: number[] = [];
  readonly #inner: Journal;
  readonly #listeners = new Set<(healthy: boolean) => void>();

  constructor(inner: Journal) {
    this.#inner = inner;
  }

  append(entry: NewEntry): Entry {
    if (this.full || this.left <= 0) {
      throw new LiveViewError('journal-unwritable', 'the disk is full');
    }
    this.left -= 1;
    this.writes.push(1);
    return this.#inner.append(entry);
  }

  appendAll(entries: readonly NewEntry[]): readonly Entry[] {
    if (entries.length === 0) return [];
    if (this.full || this.left <= 0) {
      throw new LiveViewError('journal-unwritable', 'the disk is full');
    }
    this.left -= 1;
    this.writes.push(entries.length);
    return this.#inner.appendAll(entries);
  }

  get healthy(): boolean {
    return !this.full;
  }

  read(options?: Parameters<Journal['read']>[0]): Iterable<Entry> {
    return this.#inner.read(options);
  }

  chain(options?: Parameters<Journal['chain']>[0]): Iterable<AnyEntry> {
    return this.#inner.chain(options);
  }

  get failingSinceUnixUs(): number | undefined {
    return this.full ? 0 : undefined;
  }

  onHealth(listener: (healthy: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** There is room again, and that was noticed. */
  mend(): void {
    this.full = false;
    for (const listener of this.#listeners) listener(true);
  }

  head() {
    return this.#inner.head();
  }

  close(): void {
    this.#inner.close();
  }
}

/** A LiveView on a real journal in a temporary folder, which can be killed and started again. */
export class Harness {
  readonly clock = new ManualClock();
  readonly controls = new Map<string, FakeControl>();
  readonly switches = new Map<string, FakeOutputs>();
  readonly directory: Directory;
  readonly changes: Change[] = [];
  /** Errors and warnings that were logged. */
  readonly logged: LogFields[] = [];
  journal: BreakableJournal;
  live: LiveView;
  /** The one made by `shared`. */
  incident = '';
  readonly pictures = new MemoryPictures();
  readonly #folder = mkdtempSync(join(tmpdir(), 'liveview-'));

  constructor(world: Directory = directory()) {
    this.directory = world;
    for (const id of world.cameras.keys()) {
      this.controls.set(id, new FakeControl());
      this.switches.set(id, new FakeOutputs());
    }
    [this.journal, this.live] = this.#boot();
  }

  get file(): string {
    return join(this.#folder, 'journal.db');
  }

  /** As after SIGKILL: nothing is stopped, nothing is told. */
  restart(): LiveView {
    this.journal.close();
    [this.journal, this.live] = this.#boot();
    return this.live;
  }

  control(camera: string): FakeControl {
    const control = this.controls.get(camera);
    if (!control) throw new Error(`no such camera: ${camera}`);
    return control;
  }

  /** An incident at the jeweller's, `shop-1` shared with rotterdam. */
  shared(rights: Right[] = ['view', 'ptz', 'switch'], cameras = ['shop-1']) {
    const incident = this.opened();
    this.live.grant(OPERATOR, incident.id, 'rotterdam', { cameras, rights });
    this.incident = incident.id;
    return incident.id;
  }

  /** A request within the incident that was shared; a movement unless told otherwise. */
  ask(
    actor: Actor,
    action: LiveRequest['action'] = 'ptz.move',
    args: Record<string, unknown> = { pan: 1 },
    camera: string | undefined = action === 'camera.switch' || action === 'plan.show'
      ? undefined
      : 'shop-1',
  ): LiveRequest {
    return this.live.request(actor, { incident: this.incident, action, camera, args });
  }

  outputs(camera: string): FakeOutputs {
    const outputs = this.switches.get(camera);
    if (!outputs) throw new Error(`no such camera: ${camera}`);
    return outputs;
  }

  stateOf({ id }: LiveRequest): LiveRequest | undefined {
    return this.live.requests().find((request) => request.id === id);
  }

  /** Passes time with heartbeats. */
  async holdFor(actor: Actor, request: LiveRequest, ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 200) {
      await this.clock.advanceAsync(200);
      this.live.hold(actor, request.id);
    }
  }

  opened() {
    return this.live.openIncident(OPERATOR, {
      type: 'robbery',
      site: 'jeweller',
      summary: 'two men',
      cameras: ['shop-1', 'shop-2'],
    });
  }

  kinds(): string[] {
    return [...this.journal.read()].map((entry) => entry.kind);
  }

  dispose(): void {
    this.journal.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #log(): Logger {
    const note = (level: string) => (message: string, fields?: LogFields) => {
      this.logged.push({ ...fields, level, message });
    };
    return { ...silentLogger, error: note('error'), warn: note('warn') };
  }

  #boot(): [BreakableJournal, LiveView] {
    const journal = new BreakableJournal(openJournal(this.file, { clock: this.clock }));
    const live = new LiveView({
      clock: this.clock,
      journal,
      directory: this.directory,
      controls: (camera) => this.controls.get(camera),
      switches: (camera) => this.switches.get(camera),
      log: this.#log(),
      pictures: this.pictures,
    });
    live.start();
    live.subscribe((change) => this.changes.push(change));
    return [journal, live];
  }
}

/** The code of what `work` throws. */
export function codeThrownBy(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof LiveViewError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}
