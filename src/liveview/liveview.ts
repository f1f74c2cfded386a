import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Actor, Journal } from '../journal/record.ts';
import { Acceptances } from './acceptances.ts';
import { incidentFrom } from './alarm-incident.ts';
import type { Alarm } from './alarm-model.ts';
import { type AlarmReport, Alarms, type Telling } from './alarms.ts';
import { Announcements } from './announcements.ts';
import type { Ask } from './asking.ts';
import { Casework } from './casework.ts';
import type { Change } from './changes.ts';
import type { DeskOptions } from './desk.ts';
import { Expiry } from './expiry.ts';
import { Gate } from './gate.ts';
import type { GrantTerms } from './grants.ts';
import { isSame } from './hold-rules.ts';
import type { CameraHands } from './holds.ts';
import type { ImageTerms } from './image-requests.ts';
import { type Closing, Incidents, type IncidentUpdate, type OpenIncident } from './incidents.ts';
import { Judging } from './judging.ts';
import { type Committed, Ledger } from './ledger.ts';
import type { Directory, Incident, LiveRequest, RequestAction, Screen } from './model.ts';
import { askNote } from './note-asking.ts';
import { Operation, type OperationOptions } from './operation.ts';
import type { OutputsOn } from './outputs.ts';
import { Overview } from './overview.ts';
import { Pictures } from './pictures.ts';
import type { PictureStore } from './plan-model.ts';
import type { ReadPointing } from './plan-pointing.ts';
import { type RequestFilter, Requests } from './requests.ts';
import { Shares } from './shares.ts';
import { Viewings } from './viewings.ts';

export interface LiveViewOptions {
  clock: Clock;
  journal: Journal;
  directory: Directory;
  controls: DeskOptions['controls'];
  /** What is switched at the cameras; nothing unless given. */
  switches?: OperationOptions['switches'];
  log: Logger;
  /** Where plans and images are kept; without it there are none. */
  pictures?: PictureStore;
  /** Asks a camera where it points, for what is drawn on plans. */
  pointing?: ReadPointing;
  /** Unguessable; for tests to replace. */
  randomId?: () => string;
}

/** What is asked, by whoever may ask it. */
export type AnyAsk = Omit<Ask, 'action'> & { readonly action: RequestAction };

/**
 * Live View as a whole. Every command: validate → journal → apply → end what is no longer allowed
 * (permits first, then movements) → tell subscribers. When the journal cannot be written, the
 * command throws `journal-unwritable`, nothing has changed, and nothing was disclosed or moved; withdrawing
 * and closing alone hold all the same, and are journalled later.
 */
export class LiveView {
  readonly gate: Gate;
  readonly viewings: Viewings;
  readonly judging: Judging;
  readonly casework: Casework;
  readonly pictures: Pictures;
  /** Who has which camera. */
  readonly hands: CameraHands;
  /** What is switched on at the cameras. */
  readonly outputs: OutputsOn;
  readonly #overview: Overview;
  readonly #directory: Directory;
  readonly #ledger: Ledger;
  readonly #incidents: Incidents;
  readonly #alarms: Alarms;
  readonly #operation: Operation;
  readonly #requests: Requests;
  readonly #expiry: Expiry;
  #stopped: Promise<void> | undefined;
  readonly #announcements: Announcements;
  readonly #newNoteId: () => string;

  constructor(options: LiveViewOptions) {
    const { clock, journal, directory, controls, log } = options;
    const randomId = options.randomId ?? (() => randomBytes(16).toString('base64url'));
    const ids = (prefix: string) => () => `${prefix}_${randomId()}`;
    const shares = new Shares({ clock, directory });
    const ledger = new Ledger({ journal, clock, log, shares });
    this.#overview = new Overview(ledger.state, shares);
    this.#announcements = new Announcements({ log, journal, ledger, overview: this.#overview });
    this.#directory = directory;
    this.#ledger = ledger;
    this.gate = new Gate({ clock, shares, state: ledger.state, directory, log });
    this.#newNoteId = ids('note');
    this.viewings = new Viewings(ledger, ids('view'));
    this.#incidents = new Incidents({ ledger, directory, shares, newId: ids('inc') });
    this.casework = new Casework({ clock, log, ledger, directory, shares, ids });
    this.#alarms = new Alarms({ clock, log, ledger, directory, newId: ids('alarm') });
    this.judging = new Judging({ ledger, alarms: this.#alarms });
    this.pictures = new Pictures({
      ...{ clock, log, ledger, directory, ids },
      store: options.pictures,
      pointing: options.pointing,
      visible: (actor, id) => this.visibleIncident(actor, id),
    });
    const acceptances = new Acceptances(clock);
    const world = { clock, log, ledger, directory, shares };
    this.#operation = new Operation({
      ...world,
      controls,
      switches: options.switches ?? (() => undefined),
      newReturnId: ids('ret'),
      onLost: (camera, actor, which) =>
        acceptances.end((asked) => asked.camera === camera && isSame(asked, actor), which),
    });
    this.hands = this.#operation.holds;
    this.outputs = this.#operation.outputs;
    const operation = this.#operation;
    this.#requests = new Requests({ ...world, acceptances, operation, newId: ids('req') });
    this.#expiry = new Expiry({
      clock,
      ledger,
      shares,
      onTick: () => this.#endUncovered(),
      strikeOut: () => this.casework.grants.strikeOut(),
    });
    ledger.onCommit = (change) => this.#carryThrough(change);
  }

  /** Rebuilds the state and ends what a crash left open. @throws LiveViewError `journal-unreadable` */
  start(): void {
    const lastUnixMs = this.#ledger.rebuild();
    this.#alarms.resume();
    this.viewings.endLeftOver();
    this.#requests.resume();
    this.#requests.directoryChanged();
    this.#expiry.check();
    this.casework.grants.strikeOut(lastUnixMs);
    this.casework.resume();
    this.#operation.returns.look();
    this.pictures.start();
  }

  /** What was over before this moment has been removed from the journal, and is known no longer. */
  forgetBefore(unixUs: number): void {
    this.#ledger.forgetBefore(unixUs);
    this.pictures.tidy();
  }

  /** In the same tick: no permit holds and Stop is on its way to every camera that moves. */
  beginStop(): void {
    if (this.#stopped) return;
    this.gate.stop();
    this.#expiry.stop();
    this.pictures.stop();
    this.#requests.stop();
    this.casework.stop();
    this.#alarms.stop();
    this.#stopped = this.#operation.stopAll();
  }

  /** Begins to stop, unless that was done before; resolves when the cameras have answered. */
  async stop(): Promise<void> {
    this.beginStop();
    await this.#stopped;
    this.#announcements.stop();
  }

  /**
   * Ends every movement of this camera and what is on at it; Stop and Off leave in this tick. Resolves
   * when the camera has confirmed them, and after 2 s at the latest: then they go on being sent by the
   * control that the camera has by then.
   */
  stopCamera(camera: string): Promise<void> {
    return this.#operation.stopCamera(camera);
  }

  /**
   * The directory has changed: what it no longer allows ends in this tick, whether that can be
   * journalled or not, and subscribers look at every open incident anew.
   */
  directoryChanged(): void {
    this.gate.reconcile();
    this.#operation.directoryChanged();
    this.#requests.directoryChanged();
    this.casework.directoryChanged();
    this.#announcements.tellAnew();
  }

  /** Every incident, open and closed, for the centre. */
  incidents(): Incident[] {
    return this.#overview.incidents();
  }

  incident(id: string): Incident | undefined {
    return this.#overview.incident(id);
  }

  /** Open alarms, and those that ended lately. For the centre alone. */
  alarms(): Alarm[] {
    return [...this.#ledger.state.alarms.values()];
  }

  alarm(id: string): Alarm | undefined {
    return this.#ledger.state.alarms.get(id);
  }

  /** Others of the same site about the same time, which tell more than one of them does. */
  alongside(alarm: Alarm): Alarm[] {
    return this.#overview.alongside(alarm);
  }

  /** The open alarm that this report would be of. */
  openAlarm(report: Pick<AlarmReport, 'source' | 'site' | 'key'>): Alarm | undefined {
    return this.#alarms.openOf(report);
  }

  /** Something came in; see `Alarms.raise`. */
  raise(actor: Actor, report: AlarmReport): Alarm {
    return this.#alarms.raise(actor, report);
  }

  /** Several came in; see `Alarms.raiseTogether`. */
  raiseTogether(all: readonly Telling[]): void {
    this.#alarms.raiseTogether(all);
  }

  /** Where something is going on now; a change of it is a change of an incident or an alarm. */
  wakefulSites(): ReadonlySet<string> {
    return this.#overview.wakefulSites();
  }

  /** Asked for each socket at each change: of those that are over, control rooms see none. */
  visibleTo(caller: Actor): Incident[] {
    return this.#overview.visibleTo(caller);
  }

  visibleIncident(caller: Actor, id: string): Incident | undefined {
    return this.#overview.visibleIncident(caller, id);
  }

  openIncident(actor: Actor, told: Partial<OpenIncident>): Incident {
    const alarm = told.alarm === undefined ? undefined : this.#alarms.get(told.alarm);
    return this.#incidents.open(actor, incidentFrom(told, alarm, this.#directory));
  }

  /** A control room gets its own view back. */
  updateIncident(actor: Actor, id: string, update: IncidentUpdate): Incident {
    const updated = this.#incidents.update(actor, id, update);
    if (update.type !== undefined) this.casework.grants.strikeOut();
    const incident = this.incident(id) ?? updated;
    return this.#overview.seenBy(actor, incident) ?? incident;
  }

  grant(actor: Actor, id: string, controlRoom: string, terms: GrantTerms): Incident {
    return this.casework.grants.give(actor, id, controlRoom, terms);
  }

  /** All that the control room has. */
  withdraw(actor: Actor, id: string, controlRoom: string): Incident {
    return this.casework.grants.withdraw(actor, id, { controlRoom });
  }

  setScreen(actor: Actor, id: string, screen: Screen): Incident {
    return this.#incidents.setScreen(actor, id, screen);
  }

  close(actor: Actor, id: string, closing: Closing): Incident {
    for (const { id: alarm } of this.incident(id)?.alarms ?? []) this.#alarms.settleLast(alarm);
    return this.#incidents.close(actor, id, closing);
  }

  request(actor: Actor, { action, ...ask }: AnyAsk): LiveRequest {
    if (action === 'view') return this.casework.images.ask(actor, ask.args);
    if (action === 'note') {
      const write = (id: string, note: string) => this.updateIncident(actor, id, { note });
      return askNote(actor, ask, this.#newNoteId(), write);
    }
    return this.#requests.make(actor, { ...ask, action });
  }

  requests(filter?: RequestFilter): LiveRequest[] {
    return this.#requests.list(filter);
  }

  /**
   * Resolves when the camera has taken the first command, or when it is known that it did not.
   *
   * @param terms of a request for images: what is shared.
   */
  async accept(actor: Actor, request: string, terms?: ImageTerms): Promise<LiveRequest> {
    if (!this.casework.images.has(request)) return this.#requests.accept(actor, request);
    if (terms) return this.casework.images.grant(actor, request, terms);
    throw new LiveViewError('invalid-request', 'say which cameras are shared, with which rights');
  }

  decline(actor: Actor, request: string, reason: string): LiveRequest {
    if (this.casework.images.has(request))
      return this.casework.images.decline(actor, request, reason);
    return this.#requests.decline(actor, request, reason);
  }

  hold(actor: Actor, request: string): void {
    this.#requests.hold(actor, request);
  }

  /** Stop leaves in this tick; resolves when the camera has confirmed it. */
  release(actor: Actor, request: string): Promise<void> {
    return this.#requests.release(actor, request);
  }

  abandon(actor: Actor, request: string): void {
    if (!this.casework.images.has(request)) this.#requests.abandon(actor, request);
  }

  /** Returns how to stop listening. */
  subscribe(listener: (change: Change) => void): () => void {
    return this.#announcements.subscribe(listener);
  }

  #carryThrough(change: Committed): void {
    if (change.incident) this.gate.reconcile();
    this.#requests.react(change);
    this.#operation.react(change);
    this.#alarms.changed(change.alarms);
    this.casework.changed(change);
    if (change.incident) this.#expiry.schedule();
    this.#announcements.tell(change);
    if (change.plan) this.#requests.declineRefused();
  }

  #endUncovered(): void {
    this.gate.reconcile();
    this.#operation.enforce();
  }
}
