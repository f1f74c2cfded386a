import type { Actor, Entry, JsonObject } from '../journal/record.ts';
import { AlarmsTold } from './alarms-told.ts';
import type { ReportedAlarm } from './context.ts';
import { Duty, type InCharge, type StepTold } from './duty.ts';
import { count, object, text } from './fields.ts';
import { type NoteRead, Readings } from './readings.ts';
import { type Share, ShareHistory } from './share-history.ts';

/** Times are Unix µs, as in the journal. */

/** Somebody watched a camera. */
export interface Watched {
  readonly camera: string;
  readonly actor: Actor;
  readonly fromUnixUs: number;
  readonly untilUnixUs?: number;
  /** When the first picture left; absent of a viewing that goes on, or without any. */
  readonly firstUnixUs?: number | undefined;
  readonly reason?: string | undefined;
  readonly bytes?: number | undefined;
  readonly pictures?: number | undefined;
  readonly dropped?: number | undefined;
  /** What the viewer says that it measured, ms. */
  readonly delayP50Ms?: number | undefined;
  readonly delayP95Ms?: number | undefined;
  readonly delayMaxMs?: number | undefined;
}

/** `pending` while nobody has decided. */
export type AskedState =
  | 'pending'
  | 'accepted'
  | 'done'
  | 'declined'
  | 'expired'
  | 'failed'
  | 'replaced';

/** What was asked, what was decided and what came of it. */
export interface Asked {
  readonly id: string;
  readonly actor: Actor;
  readonly action: string;
  readonly camera: string | undefined;
  /** What exactly: which preset, plan, output, direction. */
  readonly args: JsonObject;
  readonly atUnixUs: number;
  readonly state: AskedState;
  readonly decidedUnixUs?: number;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  readonly endedUnixUs?: number;
}

/** A plan or an image that went to a control room. */
export interface Disclosed {
  readonly actor: Actor;
  readonly name: string;
  readonly atUnixUs: number;
  readonly bytes: number | undefined;
}

export interface Noted {
  readonly atUnixUs: number;
  readonly actor: Actor;
  readonly text: string;
  /** By whom, each once. */
  readonly reads: readonly NoteRead[];
}

/** One incident as the journal tells it. */
export interface IncidentRecord {
  readonly id: string;
  readonly entries: readonly Entry[];
  readonly site: string | undefined;
  readonly type: string | undefined;
  readonly summary: string | undefined;
  readonly priority: number | undefined;
  readonly counts: JsonObject;
  /** Who answered for it, one after another. */
  readonly inCharge: readonly InCharge[];
  readonly steps: readonly StepTold[];
  readonly opened: { readonly atUnixUs: number; readonly by: string } | undefined;
  readonly closed:
    | {
        readonly atUnixUs: number;
        readonly by: string;
        readonly outcome: string | undefined;
        readonly note: string | undefined;
      }
    | undefined;
  readonly shares: readonly Share[];
  /** What its entries tell of its alarms. */
  readonly alarms: readonly ReportedAlarm[];
  readonly watched: readonly Watched[];
  readonly disclosed: readonly Disclosed[];
  readonly asked: readonly Asked[];
  readonly notes: readonly Noted[];
  /** Cameras that were told to move, by the time of the first order. */
  readonly moved: ReadonlyMap<string, number>;
}

/** How a request ends, by the kind of the entry. */
const ENDS: Readonly<Record<string, AskedState>> = {
  'request.declined': 'declined',
  'request.expired': 'expired',
  'request.done': 'done',
  'request.failed': 'failed',
};

/** The same of a request for images. */
const ANSWERS: Readonly<Record<string, AskedState>> = {
  'images.granted': 'done',
  'images.declined': 'declined',
  'images.expired': 'expired',
};

/** What the journal says of one incident. Kinds that are not known here stand in `entries` alone. */
export class Gathering {
  readonly #id: string;
  readonly #entries: Entry[] = [];
  #facts: JsonObject = {};
  #counts: JsonObject = {};
  #opened: IncidentRecord['opened'];
  #closed: IncidentRecord['closed'];
  readonly #history = new ShareHistory();
  readonly #alarms = new AlarmsTold();
  readonly #disclosed: Disclosed[] = [];
  readonly #watched = new Map<string, Watched>();
  readonly #asked = new Map<string, Asked>();
  readonly #notes: Omit<Noted, 'reads'>[] = [];
  readonly #readings = new Readings();
  readonly #duty = new Duty();
  readonly #moved = new Map<string, number>();

  constructor(id: string) {
    this.#id = id;
  }

  record(): IncidentRecord {
    return {
      id: this.#id,
      entries: this.#entries,
      site: text(this.#facts, 'site'),
      type: text(this.#facts, 'type'),
      summary: text(this.#facts, 'summary'),
      priority: count(this.#facts, 'priority'),
      counts: this.#counts,
      opened: this.#opened,
      closed: this.#closed,
      shares: this.#history.shares,
      alarms: this.#alarms.all,
      watched: [...this.#watched.values()],
      disclosed: this.#disclosed,
      asked: [...this.#asked.values()],
      notes: this.#notes.map((note, index) => ({ ...note, reads: this.#readings.of(index) })),
      inCharge: this.#duty.inCharge,
      steps: this.#duty.steps,
      moved: this.#moved,
    };
  }

  /** @param entry of this incident, in the order of the journal. */
  add(entry: Entry): void {
    const { kind } = entry;
    this.#entries.push(entry);
    this.#history.add(entry);
    this.#readings.add(entry);
    this.#duty.add(entry);
    this.#alarms.add(entry);
    if (kind.startsWith('incident.')) this.#incident(entry);
    else if (kind.startsWith('viewing.')) this.#viewing(entry);
    else if (kind.startsWith('request.')) this.#request(entry);
    else if (kind.startsWith('images.')) this.#images(entry);
    else if (kind === 'desk.intent') this.#intent(entry);
    else if (kind === 'plan.disclosed' || kind === 'image.disclosed') this.#picture(entry);
  }

  #incident({ kind, data, actor, timeUnixUs: atUnixUs }: Entry): void {
    const by = actor.user;
    if (kind === 'incident.opened') this.#opened = { atUnixUs, by };
    if (kind === 'incident.closed') {
      this.#closed = { atUnixUs, by, outcome: text(data, 'outcome'), note: text(data, 'note') };
      return;
    }
    this.#facts = { ...this.#facts, ...data };
    this.#counts = { ...this.#counts, ...object(data, 'counts') };
    const note = text(data, 'note');
    if (note !== undefined) this.#notes.push({ atUnixUs, actor, text: note });
  }

  /** A control room asks for images: its question begins the incident, the answer opens or closes it. */
  #images({ kind, data, actor, timeUnixUs: atUnixUs }: Entry): void {
    const id = text(data, 'request') ?? '';
    if (kind === 'images.asked') {
      this.#facts = { ...this.#facts, ...data, summary: data['text'] ?? null };
      const asked = { id, actor, camera: undefined, action: 'view', args: {}, atUnixUs };
      this.#asked.set(id, { ...asked, state: 'pending' });
    }
    const asked = this.#asked.get(id);
    const state = ANSWERS[kind];
    if (!asked || state === undefined) return;
    const [by, reason] = [actor.user, text(data, 'reason')];
    const decided = state === 'expired' ? {} : { decidedUnixUs: atUnixUs, by };
    this.#asked.set(id, { ...asked, ...decided, state, endedUnixUs: atUnixUs, reason });
    if (kind !== 'images.granted') {
      this.#closed = { atUnixUs, by, outcome: undefined, note: reason };
      return;
    }
    this.#opened = { atUnixUs, by };
    const type = text(data, 'type');
    if (type !== undefined) this.#facts = { ...this.#facts, type };
  }

  #viewing({ kind, data, actor, timeUnixUs }: Entry): void {
    const id = text(data, 'viewing') ?? '';
    if (kind === 'viewing.started') {
      this.#watched.set(id, { camera: text(data, 'camera') ?? '', actor, fromUnixUs: timeUnixUs });
    }
    const viewing = this.#watched.get(id);
    if (kind !== 'viewing.ended' || !viewing) return;
    const said = object(data, 'saidByViewer');
    this.#watched.set(id, {
      ...viewing,
      untilUnixUs: timeUnixUs,
      firstUnixUs: firstOf(viewing, data),
      reason: text(data, 'reason'),
      bytes: count(data, 'bytes'),
      pictures: count(data, 'pictures'),
      dropped: count(data, 'dropped'),
      delayP50Ms: count(said, 'delayP50Ms'),
      delayP95Ms: count(said, 'delayP95Ms'),
      delayMaxMs: count(said, 'delayMaxMs'),
    });
  }

  #request({ kind, data, actor, timeUnixUs }: Entry): void {
    const id = text(data, 'request') ?? '';
    if (kind === 'request.made') this.#made(id, { data, actor, timeUnixUs });
    const asked = this.#asked.get(id);
    if (!asked) return;
    if (kind === 'request.accepted') {
      // A movement that was let go before it does not begin.
      const state = data['lapsed'] ? 'done' : accepted(asked.action);
      this.#asked.set(id, { ...asked, state, decidedUnixUs: timeUnixUs, by: actor.user });
    }
    const state = ENDS[kind];
    if (state === undefined) return;
    const decided = asked.state === 'pending' && state === 'declined';
    this.#asked.set(id, {
      ...asked,
      ...{ state, endedUnixUs: timeUnixUs, reason: text(data, 'reason') },
      ...(decided ? { decidedUnixUs: timeUnixUs, by: actor.user } : {}),
    });
  }

  #made(
    id: string,
    { data, actor, timeUnixUs }: Pick<Entry, 'data' | 'actor' | 'timeUnixUs'>,
  ): void {
    const replaced = this.#asked.get(text(data, 'replaces') ?? '');
    if (replaced) {
      const key = text(data, 'replaces') ?? '';
      this.#asked.set(key, { ...replaced, state: 'replaced', endedUnixUs: timeUnixUs });
    }
    const action = text(data, 'action') ?? '';
    const state = decidedWhenMade(text(data, 'decided'), action);
    this.#asked.set(id, {
      ...{ id, actor, atUnixUs: timeUnixUs, camera: text(data, 'camera'), action },
      args: object(data, 'args'),
      ...(state === 'pending'
        ? { state }
        : { state, decidedUnixUs: timeUnixUs, by: text(data, 'by'), reason: text(data, 'reason') }),
    });
  }

  #picture({ data, actor, timeUnixUs: atUnixUs }: Entry): void {
    const name = text(data, 'name') ?? text(data, 'plan') ?? text(data, 'image') ?? '';
    this.#disclosed.push({ actor, name, atUnixUs, bytes: count(data, 'bytes') });
  }

  #intent({ data, timeUnixUs }: Entry): void {
    const camera = text(data, 'camera');
    if (camera !== undefined && !this.#moved.has(camera)) this.#moved.set(camera, timeUnixUs);
  }
}

/** Of a viewing before that was measured, its start stands for it. */
function firstOf({ fromUnixUs }: Watched, data: JsonObject): number | undefined {
  const ms = count(data, 'firstPictureMs');
  if (ms !== undefined) return fromUnixUs + ms * 1_000;
  return (count(data, 'pictures') ?? 0) > 0 ? fromUnixUs : undefined;
}

function decidedWhenMade(decided: string | undefined, action: string): AskedState {
  if (decided === 'accepted') return accepted(action);
  return decided === 'declined' ? 'declined' : 'pending';
}

/** What changes the screen alone is done with its acceptance. */
function accepted(action: string): AskedState {
  return action === 'camera.switch' || action === 'plan.show' ? 'done' : 'accepted';
}
