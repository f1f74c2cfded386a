import { type Clock, rfc3339 } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { type Actor, type Entry, isBare, type Journal, type NewEntry } from '../journal/record.ts';
import { verified } from '../journal/verify.ts';
import type { Alarm } from './alarm-model.ts';
import type { AlarmKey } from './alarm-state.ts';
import { type CameraChange, type CameraDesk, isUntouched } from './camera-desk.ts';
import { checkData, type DomainEvent, type EventKind, lateData, toEvent } from './events.ts';
import type { Incident, LiveRequest } from './model.ts';
import type { Plan } from './plan-model.ts';
import { isDecided } from './request-machine.ts';
import type { Shares } from './shares.ts';
import { apply, type Delta, type OpenViewing, type State } from './state.ts';

/** What changed, after it changed. */
export interface Committed {
  readonly before: Incident | undefined;
  readonly incident: Incident | undefined;
  readonly requests: readonly LiveRequest[];
  readonly camera: CameraChange | undefined;
  readonly alarms: readonly Alarm[];
  /** Added, changed or removed. */
  readonly plan: Plan | undefined;
}

/** What happens or is over, on its way into the journal. */
export interface Happening {
  readonly kind: EventKind;
  readonly actor: Actor;
  readonly incident: string | undefined;
  readonly data: unknown;
}

/** Decided requests are kept for showing; older ones are in the journal. */
const MAX_REQUESTS = 2_000;
/** The same of alarms that have ended. */
const MAX_ALARMS = 2_000;
/** Endings that wait for the journal; what ends beyond that is in the log alone. */
const MAX_OWED = 10_000;
/** Of what people take away there is room beyond that, however many viewings end meanwhile. */
const MAX_TAKEN_AWAY = 1_000;

/**
 * The state, and the only way to change it: check the data, see that the event is allowed, journal
 * it, apply it, tell. When the journal cannot be written, nothing has changed and nobody was told.
 */
export class Ledger {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #shares: Shares;
  readonly #incidents = new Map<string, Incident>();
  readonly #requests = new Map<string, LiveRequest>();
  readonly #askers = new Map<string, Actor>();
  readonly #viewings = new Map<string, OpenViewing>();
  readonly #cameras = new Map<string, CameraDesk>();
  readonly #alarms = new Map<string, Alarm>();
  readonly #alarmKeys = new Map<string, AlarmKey>();
  readonly #plans = new Map<string, Plan>();
  /** What has ended and could not be journalled; written before anything else, as soon as that is possible. */
  #owed: DomainEvent[] = [];
  #onCommit: (change: Committed) => void = () => undefined;

  constructor(options: { journal: Journal; clock: Clock; log: Logger; shares: Shares }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#shares = options.shares;
  }

  readonly state: State = {
    incidents: this.#incidents,
    requests: this.#requests,
    askers: this.#askers,
    viewings: this.#viewings,
    cameras: this.#cameras,
    alarms: this.#alarms,
    alarmKeys: this.#alarmKeys,
    plans: this.#plans,
  };

  /** Who carries out what follows from a change; set once, before the first command. */
  set onCommit(listener: (change: Committed) => void) {
    this.#onCommit = listener;
  }

  /**
   * An event that the state refuses has no effect, as when it was recorded by a second process that
   * did not know of the first: the chain holds, and a gateway that does not start helps nobody.
   *
   * @returns when the last entry was written, Unix ms; undefined when there is none.
   * @throws LiveViewError `journal-unreadable`, `journal-damaged`; better no gateway than a guess.
   */
  rebuild(): number | undefined {
    let lastUnixMs: number | undefined;
    /** Incidents of which content was removed after its term: what is left of them tells nothing. */
    const gone = new Set<string>();
    let removed = false;
    for (const entry of verified(this.#journal)) {
      lastUnixMs = entry.timeUnixUs / 1_000;
      const { incident } = entry;
      if (isBare(entry)) {
        removed = true;
        if (incident !== undefined) gone.add(incident);
      } else if (incident === undefined || !gone.has(incident)) this.#replay(entry, removed);
    }
    return lastUnixMs;
  }

  /** What was over before this moment, and alarms of no incident that came before it, leave the state as they left the journal. */
  forgetBefore(unixUs: number): void {
    const isOver = (at: string | undefined) => at !== undefined && Date.parse(at) * 1000 < unixUs;
    for (const { id, closedAt } of this.#incidents.values()) {
      if (isOver(closedAt)) this.#incidents.delete(id);
    }
    for (const { id, incident, state, createdAt } of this.#requests.values()) {
      const kept = incident === null ? !isOver(createdAt) : this.#incidents.has(incident);
      if (!kept && isDecided(state)) this.#forgetRequest(id);
    }
    for (const { id, at, incident } of this.#alarms.values()) {
      if (isOver(at) && !this.#incidents.has(incident ?? '')) this.#forgetAlarm(id);
    }
  }

  /** @throws LiveViewError `invalid-request`, what `apply` refuses, `journal-unwritable` */
  record(kind: EventKind, actor: Actor, incident: string | undefined, data: unknown): void {
    this.recordTogether([{ kind, actor, incident, data }]);
  }

  /** The same for several that happen together: all or none, in one write. None may depend on another. */
  recordTogether(all: readonly Happening[]): void {
    this.#append(all.map((each) => this.#allowed(each)));
  }

  /**
   * Several that do not depend on each other, in one write; what the state refuses is left out.
   *
   * @throws LiveViewError `journal-unwritable`: none of them happened.
   */
  recordAll(all: readonly Happening[]): void {
    this.#append(all.flatMap((each) => this.#checked(each)));
  }

  /**
   * Records the end of something that is over whether it can be journalled or not (a movement that
   * was stopped). What cannot be is journalled later, with the time at which it happened; a restart
   * before that would end it too, so that the state needs no entry to agree.
   */
  conclude(kind: EventKind, actor: Actor, incident: string | undefined, data: unknown): void {
    this.concludeAll([{ kind, actor, incident, data }]);
  }

  /** The same for many at once, which then wait for the disk once. None may depend on another. */
  concludeAll(all: readonly Happening[]): void {
    for (const event of this.#journalled(all.flatMap((each) => this.#checked(each)))) {
      this.#commit(event);
    }
  }

  /**
   * Records what somebody takes away: refused like any other command, but not for want of a disk. What cannot
   * be journalled holds from now on all the same, and is journalled later; a crash before that undoes it.
   */
  takeAway(kind: EventKind, actor: Actor, incident: string, data: unknown): void {
    const event = this.#allowed({ kind, actor, incident, data });
    const room = MAX_OWED + MAX_TAKEN_AWAY;
    for (const each of this.#journalled([event], room)) this.#commit(each);
  }

  /** What ended while the journal could not be written. @throws LiveViewError `journal-unwritable` */
  recordOwed(): void {
    if (this.#owed.length > 0) this.#write([]);
  }

  /** Nothing when it had ended already. */
  #checked(happening: Happening): DomainEvent[] {
    try {
      return [this.#allowed(happening)];
    } catch (error) {
      const { kind, incident } = happening;
      this.#log.warn('an entry was refused', { kind, incident, error });
      return [];
    }
  }

  #append(events: readonly DomainEvent[]): void {
    for (const entry of this.#write(events)) {
      const event = toEvent(entry);
      if (event) this.#commit(event);
    }
  }

  /** @throws LiveViewError what `apply` refuses. */
  #allowed({ kind, actor, incident, data }: Happening): DomainEvent {
    const event = this.#event(kind, actor, incident, checkData(kind, data));
    apply(this.state, event);
    return event;
  }

  #journalled(events: readonly DomainEvent[], room = MAX_OWED): readonly DomainEvent[] {
    try {
      return this.#write(events).flatMap((entry) => toEvent(entry) ?? []);
    } catch (error) {
      const kinds = events.map(({ kind }) => kind);
      const waiting = events.slice(0, Math.max(0, room - this.#owed.length));
      this.#owed.push(...waiting);
      const lost = events.length - waiting.length;
      this.#log.error('endings could not be journalled yet', { kinds, lost, error });
      return events;
    }
  }

  /** In the order in which they happened: what was owed, then these. */
  #write(events: readonly DomainEvent[]): readonly Entry[] {
    const owed = this.#owed;
    const late = owed.map((event) => ({ ...toEntry(event), data: lateData(event) }));
    const written = this.#journal.appendAll([...late, ...events.map(toEntry)]);
    this.#owed = this.#owed.slice(owed.length);
    return written.slice(owed.length);
  }

  /** @param removed entries before it have lost their content: it may be about something of that. */
  #replay(entry: Entry, removed: boolean): void {
    const event = toEvent(entry);
    try {
      if (event) this.#merge(apply(this.state, event));
    } catch (error) {
      const { seq, kind } = entry;
      const tell = (text: string) =>
        this.#log[removed ? 'info' : 'error'](text, { seq, kind, error });
      tell('an entry of the journal does not fit those before it');
    }
  }

  #event(kind: EventKind, actor: Actor, incident: string | undefined, data: object): DomainEvent {
    return { kind, actor, incident, data, at: rfc3339(this.#clock.unixUs()) } as DomainEvent;
  }

  #commit(event: DomainEvent): void {
    const delta = apply(this.state, event);
    const before = delta.incident && this.#incidents.get(delta.incident.id);
    this.#merge(delta);
    const { incident, requests = [], camera, alarms = [], plan = delta.planRemoved } = delta;
    if (incident || plan || camera || requests.length > 0 || alarms.length > 0) {
      this.#onCommit({ before, incident, requests, camera, alarms, plan });
    }
  }

  #merge(delta: Delta): void {
    if (delta.incident) {
      this.#shares.applied(this.#incidents.get(delta.incident.id), delta.incident);
      this.#incidents.set(delta.incident.id, delta.incident);
    }
    for (const request of delta.requests ?? []) this.#requests.set(request.id, request);
    if (delta.asked) this.#askers.set(delta.asked.request, delta.asked.actor);
    if (delta.viewing) this.#viewings.set(delta.viewing.id, delta.viewing);
    if (delta.viewingEnded !== undefined) this.#viewings.delete(delta.viewingEnded);
    if (this.#requests.size > MAX_REQUESTS) this.#forgetOldest();
    if (delta.camera) this.#mergeCamera(delta.camera);
    for (const alarm of delta.alarms ?? []) this.#alarms.set(alarm.id, alarm);
    if (delta.alarmKey) this.#alarmKeys.set(delta.alarmKey.alarm, delta.alarmKey);
    if (delta.plan) this.#plans.set(delta.plan.id, delta.plan);
    if (delta.planRemoved) this.#plans.delete(delta.planRemoved.id);
    if (this.#alarms.size > MAX_ALARMS) this.#forgetOldestAlarm();
  }

  #mergeCamera({ camera, now }: CameraChange): void {
    if (isUntouched(now)) this.#cameras.delete(camera);
    else this.#cameras.set(camera, now);
  }

  #forgetOldestAlarm(): void {
    for (const { id, state } of this.#alarms.values()) {
      if (state === 'open') continue;
      this.#forgetAlarm(id);
      return;
    }
  }

  #forgetAlarm(id: string): void {
    this.#alarms.delete(id);
    this.#alarmKeys.delete(id);
  }

  #forgetOldest(): void {
    for (const request of this.#requests.values()) {
      if (!isDecided(request.state)) continue;
      this.#forgetRequest(request.id);
      return;
    }
  }

  #forgetRequest(id: string): void {
    this.#requests.delete(id);
    this.#askers.delete(id);
  }
}

function toEntry({ kind, actor, incident, data }: DomainEvent): NewEntry {
  return { kind, actor, ...(incident === undefined ? {} : { incident }), data };
}
