import type { Entry } from '../../../src/journal/record.ts';
import type { Incident } from '../../../src/liveview/model.ts';
import { pngBomb } from '../../support/pictures.ts';
import { until } from '../../support/until.ts';
import { type Connection, LiveConnection, type Viewer } from './connections.ts';
import { Coverage } from './coverage.ts';
import type { ModelGateway } from './gateway.ts';
import { violations } from './oracle.ts';
import { hasSeen, type Seen } from './seen.ts';

/** Something has to happen in another process, on a busy machine. */
const PATIENCE_MS = 60_000;

/** A running gateway, everybody who is connected to its police side, and what the journal says. */
export class World {
  readonly gateway: ModelGateway;
  readonly cameras: readonly string[];
  /** Newest first. */
  readonly incidents: string[] = [];
  readonly connections: Connection[] = [];
  readonly coverage = new Coverage();
  /** What was received as one answer, each by somebody who asked for nothing else. */
  readonly pictures: { readonly user: string; readonly bytes: number }[] = [];
  plan = 'plan_none';
  /** Incidents that have it on their screen. */
  readonly planShownIn = new Set<string>();
  readonly #entries: Entry[] = [];

  constructor(gateway: ModelGateway, cameras: readonly string[]) {
    this.gateway = gateway;
    this.cameras = cameras;
  }

  get seen(): Seen[] {
    return this.connections.flatMap(({ all }) => all);
  }

  get open(): Connection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  /** Those who have been let in, and have neither left nor been told that it is over. */
  get watching(): Seen[] {
    return this.seen.filter(
      (seen) => hasSeen(seen, 'accepted') && !hasSeen(seen, 'ended', 'left', 'closed'),
    );
  }

  incident(ago: number): string {
    return this.incidents[ago] ?? this.incidents[0] ?? 'inc_none';
  }

  camera(index: number): string {
    return this.cameras[index] ?? 'none';
  }

  /** Reads on in the journal. */
  look(): Coverage {
    const entries = [...this.gateway.journal.read({ after: this.coverage.seq })];
    this.#entries.push(...entries);
    this.coverage.take(entries);
    return this.coverage;
  }

  viewer(controlRoom: string): Viewer {
    const head = () => this.gateway.journal.head().seq;
    return { ...this.gateway.dispatcher(controlRoom), controlRoom, head };
  }

  async connect(controlRoom: string, format?: 'fmp4' | 'mpeg1'): Promise<LiveConnection> {
    const connection = await LiveConnection.open(this.viewer(controlRoom), format);
    this.connections.push(connection);
    return connection;
  }

  get live(): LiveConnection[] {
    return this.open.filter((each) => each instanceof LiveConnection);
  }

  /** One of the live sockets of this control room; a new one when there is none. */
  async liveOf(controlRoom: string, which: number): Promise<LiveConnection> {
    const all = this.live.filter(({ viewer }) => viewer.controlRoom === controlRoom);
    return all[which % all.length] ?? this.connect(controlRoom);
  }

  async openIncident(): Promise<void> {
    const { id } = await this.gateway.operator.call<Incident>('POST', '/v1/incidents', {
      ...{ type: 'robbery', site: 'site', summary: '', cameras: this.cameras },
    });
    this.incidents.unshift(id);
  }

  /** Of the site of every incident. */
  async addPlan(): Promise<void> {
    const form = new FormData();
    form.append('site', 'site');
    form.append('name', 'Winkel');
    form.append('file', new Blob([new Uint8Array(pngBomb(64, 48))]), 'plan.png');
    const answer = await this.gateway.operator.fetch('/v1/plans', { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`the plan: ${answer.status} ${await answer.text()}`);
    this.plan = JSON.parse(await answer.text()).id;
  }

  async showPlan(shown: boolean): Promise<void> {
    const id = this.incident(0);
    // A switch of cameras changes the first tile.
    const tiles = shown ? [{ camera: this.camera(0) }, { plan: this.plan }] : [];
    const { operator } = this.gateway;
    const answer = await operator.fetch(`/v1/incidents/${id}/screen`, {
      ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ tiles, focus: null }),
    });
    // Of one that is closed the screen stays as it was, and nobody sees it.
    if (!answer.ok && answer.status !== 409) throw new Error(`the screen: ${answer.status}`);
    if (answer.ok && shown) this.planShownIn.add(id);
    if (answer.ok && !shown) this.planShownIn.delete(id);
  }

  /** An act of the operator, which what came before may forbid: then nothing happens. */
  async act(method: string, path: string, body?: object): Promise<unknown> {
    const json = { 'content-type': 'application/json' };
    const content = body === undefined ? {} : { headers: json, body: JSON.stringify(body) };
    const answer = await this.gateway.operator.fetch(path, { method, ...content });
    const text = await answer.text();
    if (answer.ok || [404, 409].includes(answer.status)) return text === '' ? {} : JSON.parse(text);
    throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }

  /** The clock of the gateway has been set: what it makes run out is over when the journal says so. */
  async expired(): Promise<void> {
    const { gateway } = this;
    const isOver = () => this.look().overdue(gateway.unixMs).length === 0;
    await until('shares that have run out are struck off', isOver, PATIENCE_MS);
  }

  /**
   * Asks every connection something: behind the answer nobody may watch what is not shared any more. Of
   * those that cannot be asked, the connection is closed.
   */
  async settle(): Promise<void> {
    await Promise.all(this.open.map((connection) => connection.fence()));
    this.check(false);
    await until('all that is not shared has ended', () => this.#isTold(), PATIENCE_MS);
  }

  /** @throws Error that names what the oracle found. */
  check(final: boolean): void {
    this.look();
    const heard = this.connections.flatMap((connection) => connection.told ?? []);
    const found = violations(this.#entries, this.seen, final, heard);
    if (found.length === 0) return;
    const told = found.map(({ rule, where }) => `${rule}: ${where}`).join('\n');
    throw new Error(`${told}\nthe journal is in ${this.gateway.dataDir}`);
  }

  #isTold(): boolean {
    const coverage = this.look();
    return this.watching.every((seen) => coverage.now(seen));
  }
}
